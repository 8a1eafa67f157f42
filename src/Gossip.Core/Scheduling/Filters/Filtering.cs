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
        return reasons is null ? FilterVerdict.Yes : FilterVerdict.No(reasons);
    }

    /// <summary>The first that objects, for those who count nodes by what keeps a pod away; a yes when all pass.</summary>
    /// <param name="others">How many more do: of two nodes alike in the first, the one with fewer is nearer.</param>
    public static FilterVerdict FirstObjection(PodTemplate pod, in NodeFacts node, out int others)
    {
        var first = FilterVerdict.Yes;
        others = 0;
        foreach (var filter in All)
        {
            var verdict = filter.Check(pod, node);
            if (verdict.Passes) continue;
            if (first.Passes) first = verdict;
            else others++;
        }
        return first;
    }

    /// <summary>Whether all pass, without the words.</summary>
    public static bool Passes(PodTemplate pod, in NodeFacts node)
    {
        foreach (var filter in All)
            if (!filter.Check(pod, node).Passes) return false;
        return true;
    }
}
