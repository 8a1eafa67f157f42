using System.Text.Json.Nodes;
using Gossip.Kubernetes.Kinds;

namespace Gossip.Kubernetes.Manifests.Rules;

/// <summary>
/// One thing that documents must fulfil. Stateless; the lists of <see cref="ManifestRules"/>, <see cref="PodRules"/> and of each kind hold
/// one of each.
/// </summary>
abstract class ManifestRule
{
    const string Suffix = "Rule";

    protected ManifestRule() => Name = GetType().Name[..^Suffix.Length];

    /// <summary>As <see cref="ManifestFault.Rule"/> tells it.</summary>
    public string Name { get; }

    /// <summary>Says what is wrong. The types of known fields fit by then, but for the rule that sees to that.</summary>
    public abstract void Check(Manifest manifest, ServedKind kind, Findings findings);
}

/// <summary>A rule of the spec of a Pod, or of a workload's template.</summary>
abstract class PodRule : ManifestRule
{
    public sealed override void Check(Manifest manifest, ServedKind kind, Findings findings)
    {
        if (kind.PodOf(manifest.Root) is { } pod) Check(pod, findings);
    }

    protected abstract void Check(PodPart pod, Findings findings);
}

/// <summary>A rule of each container of a pod, init containers too.</summary>
abstract class ContainerRule : PodRule
{
    protected override void Check(PodPart pod, Findings findings)
    {
        foreach (var list in (ReadOnlySpan<string>)["containers", "initContainers"])
        {
            if (pod.Spec[list] is not JsonArray containers || containers.Count > ManifestLimits.Containers) continue;
            for (var i = 0; i < containers.Count; i++)
                if (containers[i] is JsonObject container) Check(container, $"{pod.Field}.{list}[{i}]", pod, findings);
        }
    }

    /// <param name="field">The path of the container.</param>
    protected abstract void Check(JsonObject container, string field, PodPart pod, Findings findings);
}
