using System.Text.Json.Nodes;
using Gossip.Kubernetes.Kinds;

namespace Gossip.Kubernetes.Manifests.Rules;

/// <summary>A node's taints have keys, values and effects as Kubernetes knows them.</summary>
sealed class TaintsRule : ManifestRule
{
    public override void Check(Manifest manifest, ServedKind kind, Findings findings)
    {
        var taints = manifest.Spec?["taints"] as JsonArray ?? [];
        for (var i = 0; i < taints.Count; i++)
        {
            if (taints[i] is not JsonObject taint) continue;
            findings.FaultIf(Names.Key(taint["key"].AsText()), $"spec.taints[{i}].key", taint["key"] ?? taint);
            findings.FaultIf(Names.Value(taint["value"].AsText()), $"spec.taints[{i}].value", taint["value"]);
            if (taint["effect"] is null)
                findings.Fault(
                    $"spec.taints[{i}].effect", taint, FaultReason.Missing, "is missing: NoSchedule, PreferNoSchedule or NoExecute");
            findings.OneOf($"spec.taints[{i}].effect", taint["effect"], "NoSchedule", "PreferNoSchedule", "NoExecute");
        }
    }
}
