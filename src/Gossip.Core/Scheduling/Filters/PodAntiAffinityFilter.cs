using System.Globalization;
using Gossip.Core.Model;

namespace Gossip.Core.Scheduling.Filters;

/// <summary>
/// Nobody in the node's domain may be one that the pod's required anti-affinity speaks of, nor have one that speaks of
/// the pod: the rule holds both ways. A node without the topology's label is in nobody's way.
/// </summary>
public sealed class PodAntiAffinityFilter : IFilter
{
    public string Name => "PodAntiAffinity";

    public FilterVerdict Check(PodTemplate pod, in NodeFacts node)
    {
        if (node.Around.Rules is not { } rules) return FilterVerdict.Yes;
        foreach (var tally in rules.AntiAffinity)
            if (node.Labels[tally.TopologyKey] is { } domain && node.Around.Count(tally, domain) is > 0 and var there)
                return FilterVerdict.No(
                    string.Create(CultureInfo.InvariantCulture, $"must not share {tally.TopologyKey} with pods {tally}, {domain} has {there}"),
                    $"have pods {tally}{Topologies.InTheir(tally.TopologyKey)}, which it must not share", Near(tally.TopologyKey, domain, there), there);
        foreach (var tally in rules.RefusedBy)
            if (node.Labels[tally.TopologyKey] is { } domain && node.Around.Count(tally, domain) is > 0 and var there)
                return FilterVerdict.No(
                    string.Create(CultureInfo.InvariantCulture, $"pods there refuse to share {tally.TopologyKey} with pods {tally}, {domain} has {there}"),
                    $"have pods that refuse pods {tally}{Topologies.InTheir(tally.TopologyKey)}", Near(tally.TopologyKey, domain, there), there);
        return FilterVerdict.Yes;
    }

    static string Near(string key, string domain, int there) => string.Create(CultureInfo.InvariantCulture, $"{Topologies.Its(key, domain)}has {there}");
}
