using Gossip.Core.Templates;

namespace Gossip.Core.Scheduling.Filters;

/// <summary>A node that says it is not ready takes nothing, whatever is tolerated.</summary>
sealed class UnreadyFilter : IFilter
{
    public string Name => "Unready";

    public FilterVerdict Check(PodTemplate pod, in NodeFacts node) =>
        node.Unready.Length == 0 ? FilterVerdict.Yes : FilterVerdict.No($"node is unready: {node.Unready}", $"are unready: {node.Unready}");
}
