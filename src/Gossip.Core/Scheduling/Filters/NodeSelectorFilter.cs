using Gossip.Core.Templates;

namespace Gossip.Core.Scheduling.Filters;

/// <summary>Every label that the pod selects by must be on the node.</summary>
sealed class NodeSelectorFilter : IFilter
{
    public string Name => "NodeSelector";

    public FilterVerdict Check(PodTemplate pod, in NodeFacts node)
    {
        foreach (var wanted in pod.NodeSelector)
        {
            var has = node.Labels[wanted.Key];
            if (!string.Equals(has, wanted.Value, StringComparison.Ordinal))
                return FilterVerdict.No($"wants label {wanted.Key}={wanted.Value}, {(has is null ? "not there" : $"is {has}")}", Topologies.NotIn(wanted.Key, wanted.Value));
        }
        return FilterVerdict.Yes;
    }
}
