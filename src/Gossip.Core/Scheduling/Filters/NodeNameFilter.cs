using Gossip.Core.Templates;

namespace Gossip.Core.Scheduling.Filters;

/// <summary>A pod that names its node runs there or nowhere.</summary>
sealed class NodeNameFilter : IFilter
{
    public string Name => "NodeName";

    public FilterVerdict Check(PodTemplate pod, in NodeFacts node) =>
        pod.NodeName.Length == 0 || string.Equals(pod.NodeName, node.Name, StringComparison.Ordinal)
            ? FilterVerdict.Yes
            : FilterVerdict.No($"wants node {pod.NodeName}", $"are not {pod.NodeName}, which it names");
}
