using System.Text.Json;
using Gossip.Core.Tables;
using Gossip.Kubernetes.Kinds;

namespace Gossip.Kubernetes.Manifests.Rules;

/// <summary>
/// A disruption budget says what it keeps, in one of two ways. Without a spec it selects nothing, and Kubernetes takes it.
/// </summary>
sealed class BudgetShareRule : ManifestRule
{
    public override void Check(Manifest manifest, ServedKind kind, Findings findings)
    {
        if (manifest.Spec is not { } spec) return;
        foreach (var field in (string[])["minAvailable", "maxUnavailable"])
            if (spec[field] is { } share && Share.TryRead(JsonSerializer.SerializeToUtf8Bytes(share)) is null)
                findings.Fault(
                    $"spec.{field}", share, FaultReason.Invalid,
                    $"is {share.ToJsonString()}: must be a number from 0, or a percentage such as \"50%\"");
        if (spec["minAvailable"] is not null && spec["maxUnavailable"] is { } both)
            findings.Fault("spec", both, FaultReason.Invalid, "minAvailable and maxUnavailable cannot be both set");
        findings.OneOf("spec.unhealthyPodEvictionPolicy", spec["unhealthyPodEvictionPolicy"], "IfHealthyBudget", "AlwaysAllow");
    }
}
