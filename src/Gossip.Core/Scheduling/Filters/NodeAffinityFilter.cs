using Gossip.Core.Model;

namespace Gossip.Core.Scheduling.Filters;

/// <summary>The node must match one of the pod's required terms. Labels that change later evict nobody ("ignored during execution").</summary>
public sealed class NodeAffinityFilter : IFilter
{
    public string Name => "NodeAffinity";

    public FilterVerdict Check(PodTemplate pod, in NodeFacts node) =>
        pod.NodeAffinity.Admits(node.Labels, node.Name)
            ? FilterVerdict.Yes
            : FilterVerdict.No($"does not match node affinity {string.Join(" or ", pod.NodeAffinity.Required)}");
}
