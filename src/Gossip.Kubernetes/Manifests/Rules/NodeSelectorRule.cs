using Gossip.Kubernetes.Kinds;

namespace Gossip.Kubernetes.Manifests.Rules;

/// <summary>A pod's node selector is a map of labels.</summary>
sealed class NodeSelectorRule : PodRule
{
    protected override void Check(PodPart pod, Findings findings) =>
        LabelsRule.Check(pod.Spec["nodeSelector"], $"{pod.Field}.nodeSelector", findings);
}
