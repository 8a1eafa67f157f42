using System.Text.Json;
using System.Text.Json.Nodes;
using Gossip.Core.Disruption;
using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Core.Templates;

namespace Gossip.Kubernetes.Manifests;

/// <summary>The rules of PodDisruptionBudgets, as Kubernetes' API server has them.</summary>
static class BudgetRules
{
    public static void Check(Manifest manifest, Findings findings)
    {
        if (manifest.Spec is not { } spec) return; // Kubernetes takes it: it selects nothing
        foreach (var field in (string[])["minAvailable", "maxUnavailable"])
            if (spec[field] is { } share && Share.TryRead(JsonSerializer.SerializeToUtf8Bytes(share)) is null)
                findings.Fault($"spec.{field}", share, FaultReason.Invalid, $"is {share.ToJsonString()}: must be a number from 0, or a percentage such as \"50%\"");
        if (spec["minAvailable"] is not null && spec["maxUnavailable"] is { } both)
            findings.Fault("spec", both, FaultReason.Invalid, "minAvailable and maxUnavailable cannot be both set");
        findings.OneOf("spec.unhealthyPodEvictionPolicy", spec["unhealthyPodEvictionPolicy"], "IfHealthyBudget", "AlwaysAllow");
        if (spec["selector"] is JsonObject selector && Selector.TryRead(JsonSerializer.SerializeToUtf8Bytes(selector), out var problem) is null)
            findings.Fault("spec.selector", selector, FaultReason.Invalid, problem);
    }
}
