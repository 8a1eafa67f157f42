using Gossip.Kubernetes.Kinds;

namespace Gossip.Kubernetes.Manifests.Rules;

/// <summary>The pods of what keeps pods running do not end by themselves.</summary>
sealed class RunsForeverRule : ManifestRule
{
    public override void Check(Manifest manifest, ServedKind kind, Findings findings)
    {
        if (kind.PodOf(manifest.Root) is not { } pod) return;
        if (pod.Spec["restartPolicy"] is { } policy && policy.AsText() != "Always")
            findings.Fault(
                $"{pod.Field}.restartPolicy", policy, FaultReason.Unsupported,
                $"is {policy.ToJsonString()}: a {kind.Kind}'s pods are kept running, so it must be Always");
        if (pod.Spec["activeDeadlineSeconds"] is { } deadline)
            findings.Fault(
                $"{pod.Field}.activeDeadlineSeconds", deadline, FaultReason.Unsupported,
                $"is not for a {kind.Kind}'s pods, which are kept running");
    }
}
