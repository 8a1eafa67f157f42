using Gossip.Kubernetes.Kinds;

namespace Gossip.Kubernetes.Manifests.Rules;

/// <summary>A workload has no more pods than a cluster can have.</summary>
sealed class ReplicasRule : ManifestRule
{
    public override void Check(Manifest manifest, ServedKind kind, Findings findings)
    {
        if (manifest.Spec?["replicas"] is { } replicas && replicas.AsInteger() is not (>= 0 and <= ManifestLimits.Replicas))
            findings.Fault(
                "spec.replicas", replicas, FaultReason.Invalid,
                $"is {replicas.ToJsonString()}: must be from 0 to {ManifestLimits.Replicas}");
    }
}
