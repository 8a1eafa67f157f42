using System.Text.Json.Nodes;
using Gossip.Kubernetes.Kinds;

namespace Gossip.Kubernetes.Manifests.Rules;

/// <summary>Each container of a pod has a name of its own.</summary>
sealed class ContainerNamesRule : PodRule
{
    protected override void Check(PodPart pod, Findings findings)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var list in (ReadOnlySpan<string>)["containers", "initContainers"])
        {
            if (pod.Spec[list] is not JsonArray containers) continue;
            for (var i = 0; i < Math.Min(containers.Count, ManifestLimits.Containers); i++)
                if (containers[i] is JsonObject container) Check(container, $"{pod.Field}.{list}[{i}].name", names, findings);
        }
    }

    static void Check(JsonObject container, string field, HashSet<string> names, Findings findings)
    {
        var name = container["name"].AsText();
        if (name.Length == 0)
        {
            findings.Fault(field, container, FaultReason.Missing, "is missing: each container needs a name");
            return;
        }
        findings.FaultIf(Names.Label(name), field, container["name"]);
        if (!names.Add(name)) findings.Fault(field, container["name"], FaultReason.Duplicate, $"'{name}' names another container already");
    }
}
