using System.Collections.Immutable;
using Gossip.Core.Templates;

namespace Gossip.Core.Scheduling.Filters;

/// <summary>The node must match one of the pod's required terms. Labels that change later evict nobody ("ignored during execution").</summary>
sealed class NodeAffinityFilter : IFilter
{
    public string Name => "NodeAffinity";

    public FilterVerdict Check(PodTemplate pod, in NodeFacts node) =>
        pod.NodeAffinity.Admits(node.Labels, node.Name)
            ? FilterVerdict.Yes
            : No(pod.NodeAffinity.Required);

    static FilterVerdict No(ImmutableArray<NodeTerm> required)
    {
        var words = string.Join(" or ", required);
        var isPlain = required is [{ Names.IsEmpty: true, Labels: [{ Operator: NodeOperator.In }] }];
        return FilterVerdict.No($"does not match node affinity {words}",
            isPlain ? Topologies.NotIn(required[0].Labels[0].Key, string.Join(" or ", required[0].Labels[0].Values)) : $"do not match node affinity {words}");
    }
}
