using Gossip.Core.Model;

namespace Gossip.Core.Scheduling.Filters;

/// <summary>A cordoned node takes no new pods, but those that tolerate it: the taint that Kubernetes knows it by.</summary>
public sealed class CordonFilter : IFilter
{
    internal static readonly Taint Cordon = new("node.kubernetes.io/unschedulable", "", TaintEffect.NoSchedule);

    public string Name => "Cordon";

    public FilterVerdict Check(PodTemplate pod, in NodeFacts node) =>
        !node.Unschedulable || TaintFilter.Tolerates(pod, Cordon) ? FilterVerdict.Yes : FilterVerdict.No("node is cordoned", "are cordoned");
}
