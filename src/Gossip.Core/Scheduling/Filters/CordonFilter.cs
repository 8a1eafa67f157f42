using Gossip.Core.Templates;

namespace Gossip.Core.Scheduling.Filters;

/// <summary>A cordoned node takes no new pods, but those that tolerate it: the taint that Kubernetes knows it by.</summary>
sealed class CordonFilter : IFilter
{
    public string Name => "Cordon";

    public FilterVerdict Check(PodTemplate pod, in NodeFacts node) =>
        !node.Unschedulable || pod.Tolerates(Taint.Cordon) ? FilterVerdict.Yes : FilterVerdict.No("node is cordoned", "are cordoned");
}
