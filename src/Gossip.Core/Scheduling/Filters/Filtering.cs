using Gossip.Core.Model;

namespace Gossip.Core.Scheduling.Filters;

/// <summary>Every filter there is, the ones that no waiting can help first.</summary>
public static class Filtering
{
    /// <summary>Those that look at the pods around.</summary>
    static readonly IFilter[] Neighbours = [new PodAffinityFilter(), new PodAntiAffinityFilter(), new TopologySpreadFilter()];

    static readonly IFilter[] All =
    [
        new NodeNameFilter(), new RuntimeFilter(), new NodeSelectorFilter(), new NodeAffinityFilter(), new TaintFilter(), new CordonFilter(),
        new UnreadyFilter(), new HostPortFilter(), new ResourceFilter(), .. Neighbours,
    ];

    /// <summary>Yes, or no with the reasons of every filter that objects.</summary>
    public static FilterVerdict Check(PodTemplate pod, in NodeFacts node) => Check(All, pod, node);

    /// <summary>As far as it has to do with the pods around only.</summary>
    public static FilterVerdict CheckNeighbours(PodTemplate pod, in NodeFacts node) => Check(Neighbours, pod, node);

    static FilterVerdict Check(IFilter[] filters, PodTemplate pod, in NodeFacts node)
    {
        string? reasons = null;
        foreach (var filter in filters)
        {
            var verdict = filter.Check(pod, node);
            if (!verdict.Passes) reasons = reasons is null ? verdict.Reason : $"{reasons}; {verdict.Reason}";
        }
        return new FilterVerdict(reasons);
    }

    /// <summary>Whether all pass, without the words.</summary>
    public static bool Passes(PodTemplate pod, in NodeFacts node)
    {
        foreach (var filter in All)
            if (!filter.Check(pod, node).Passes) return false;
        return true;
    }
}
