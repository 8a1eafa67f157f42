using Gossip.Core.Templates;

namespace Gossip.Core.Scheduling.Filters;

/// <summary>Every filter there is, the ones that no waiting can help first.</summary>
static class Filtering
{
    /// <summary>Those that look at the pods around.</summary>
    static readonly IFilter[] Neighbours = [new PodAffinityFilter(), new PodAntiAffinityFilter(), new TopologySpreadFilter()];

    /// <summary>Those that no pod's leaving could satisfy.</summary>
    static readonly IFilter[] Fixed =
    [
        new NodeNameFilter(), new RuntimeFilter(), new NodeSelectorFilter(), new NodeAffinityFilter(), new TaintFilter(), new CordonFilter(), new UnreadyFilter(),
    ];

    static readonly IFilter[] All = [.. Fixed, new HostPortFilter(), new ResourceFilter(), .. Neighbours];

    static readonly IFilter[] Alone = [.. All.Except(Neighbours)];

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

    /// <summary>The first that objects, for those who count nodes by what keeps a pod away; null when all pass.</summary>
    public static FirstObjection? Object(PodTemplate pod, in NodeFacts node)
    {
        FirstObjection? first = null;
        for (var i = 0; i < All.Length; i++)
        {
            var verdict = All[i].Check(pod, node);
            if (!verdict.Passes) first = first is { } one ? one with { Others = one.Others + 1 } : new FirstObjection(verdict, i, 0);
        }
        return first;
    }

    /// <summary>Whether all pass, without the words.</summary>
    public static bool Passes(PodTemplate pod, in NodeFacts node) => Passes(All, pod, node);

    /// <summary>As far as it has to do with the pods around only.</summary>
    public static bool PassesNeighbours(PodTemplate pod, in NodeFacts node) => Passes(Neighbours, pod, node);

    /// <summary>As far as it has to do with the node alone.</summary>
    public static bool PassesAlone(PodTemplate pod, in NodeFacts node) => Passes(Alone, pod, node);

    /// <summary>As far as it has nothing to do with which pods are where.</summary>
    public static bool PassesFixed(PodTemplate pod, in NodeFacts node) => Passes(Fixed, pod, node);

    static bool Passes(IFilter[] filters, PodTemplate pod, in NodeFacts node)
    {
        foreach (var filter in filters)
            if (!filter.Passes(pod, node)) return false;
        return true;
    }
}

/// <param name="Filter">Its place among all: the later, the likelier that time helps.</param>
/// <param name="Others">How many more object: of two nodes alike in the first, the one with fewer is nearer.</param>
readonly record struct FirstObjection(FilterVerdict Verdict, int Filter, int Others);
