using Gossip.Core.Templates;
using Gossip.Kubernetes.Kinds;

namespace Gossip.Kubernetes.Manifests.Rules;

/// <summary>What is one of a few words is one of them.</summary>
sealed class PodChoicesRule : PodRule
{
    protected override void Check(PodPart pod, Findings findings)
    {
        findings.OneOf($"{pod.Field}.restartPolicy", pod.Spec["restartPolicy"], "Always", "OnFailure", "Never");
        findings.OneOf($"{pod.Field}.preemptionPolicy", pod.Spec["preemptionPolicy"], "", "PreemptLowerPriority", "Never");
        findings.OneOf($"{pod.Field}.runtimeClassName", pod.Spec["runtimeClassName"], [.. RuntimeNames.All]);
    }
}
