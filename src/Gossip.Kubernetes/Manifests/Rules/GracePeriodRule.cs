using Gossip.Kubernetes.Kinds;

namespace Gossip.Kubernetes.Manifests.Rules;

/// <summary>A pod's time to end is not negative.</summary>
sealed class GracePeriodRule : PodRule
{
    protected override void Check(PodPart pod, Findings findings) =>
        findings.Range($"{pod.Field}.terminationGracePeriodSeconds", pod.Spec["terminationGracePeriodSeconds"], 0, int.MaxValue);
}
