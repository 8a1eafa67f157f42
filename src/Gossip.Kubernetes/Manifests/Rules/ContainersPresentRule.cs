using System.Text.Json.Nodes;
using Gossip.Kubernetes.Kinds;

namespace Gossip.Kubernetes.Manifests.Rules;

/// <summary>A pod has containers, and not too many.</summary>
sealed class ContainersPresentRule : PodRule
{
    protected override void Check(PodPart pod, Findings findings)
    {
        var field = $"{pod.Field}.containers";
        if (pod.Spec["containers"] is not JsonArray { Count: > 0 } containers)
            findings.Fault(field, pod.Spec, FaultReason.Missing, "is missing: a pod needs at least one container");
        else if (containers.Count > ManifestLimits.Containers)
            findings.Fault(
                field, containers, FaultReason.TooLarge, $"has {containers.Count} containers, more than {ManifestLimits.Containers}");
    }
}
