using System.Globalization;
using System.Runtime.InteropServices;
using Gossip.Core.Tables.Topology;
using Gossip.Core.Templates;

namespace Gossip.Core.Scheduling.Filters;

/// <summary>
/// Nobody in the node's domain may be one that the pod's required anti-affinity speaks of, nor have one that speaks of
/// the pod: the rule holds both ways. A node without the topology's label is in nobody's way.
/// </summary>
sealed class PodAntiAffinityFilter : IFilter
{
    public string Name => "PodAntiAffinity";

    public bool Passes(PodTemplate pod, in NodeFacts node) =>
        node.Around.Rules is not { } rules || Met(rules.AntiAffinity, node, out _) is null && Met(CollectionsMarshal.AsSpan(rules.RefusedBy), node, out _) is null;

    public FilterVerdict Check(PodTemplate pod, in NodeFacts node)
    {
        if (node.Around.Rules is not { } rules) return FilterVerdict.Yes;
        if (Met(rules.AntiAffinity, node, out var there) is { } shunned)
            return FilterVerdict.No(
                string.Create(CultureInfo.InvariantCulture, $"must not share {shunned.TopologyKey} with pods {shunned}, {node.Labels[shunned.TopologyKey]} has {there}"),
                $"have pods {shunned}{Topologies.InTheir(shunned.TopologyKey)}, which it must not share", Near(shunned, node, there), there);
        if (Met(CollectionsMarshal.AsSpan(rules.RefusedBy), node, out there) is { } refused)
            return FilterVerdict.No(
                string.Create(CultureInfo.InvariantCulture, $"pods there refuse to share {refused.TopologyKey} with pods {refused}, {node.Labels[refused.TopologyKey]} has {there}"),
                $"have pods that refuse pods {refused}{Topologies.InTheir(refused.TopologyKey)}", Near(refused, node, there), there);
        return FilterVerdict.Yes;
    }

    /// <summary>The first of which the node's domain has any.</summary>
    static Tally? Met(ReadOnlySpan<Tally> tallies, in NodeFacts node, out int there)
    {
        there = 0;
        foreach (var tally in tallies)
            if (node.Labels[tally.TopologyKey] is { } domain && (there = node.Around.Count(tally, domain)) > 0) return tally;
        return null;
    }

    static string Near(Tally tally, in NodeFacts node, int there) =>
        string.Create(CultureInfo.InvariantCulture, $"{Topologies.Its(tally.TopologyKey, node.Labels[tally.TopologyKey]!)}has {there}");
}
