using System.Globalization;
using Gossip.Core.Tables.Topology;
using Gossip.Core.Templates;

namespace Gossip.Core.Scheduling.Filters;

/// <summary>With the pod, its domain may have at most maxSkew more of the pods it is spread with than the domain that has the fewest.</summary>
sealed class TopologySpreadFilter : IFilter
{
    public string Name => "TopologySpread";

    public bool Passes(PodTemplate pod, in NodeFacts node)
    {
        if (node.Around.Rules is not { HasHardSpread: true } rules) return true;
        foreach (var rule in rules.Spread)
            if (rule.Says.IsHard && (node.Labels[rule.Tally.TopologyKey] is not { } domain || rule.Forbids(domain, node.Around, out _, out _))) return false;
        return true;
    }

    public FilterVerdict Check(PodTemplate pod, in NodeFacts node)
    {
        if (node.Around.Rules is not { Spread.Length: > 0 } rules) return FilterVerdict.Yes;
        foreach (var rule in rules.Spread)
        {
            var tally = rule.Tally;
            if (!rule.Says.IsHard) continue;
            if (node.Labels[tally.TopologyKey] is not { } domain) return Topologies.Lacks(tally.TopologyKey, "to spread over");
            if (rule.Forbids(domain, node.Around, out var there, out var least))
                return FilterVerdict.No(
                    string.Create(CultureInfo.InvariantCulture, $"maxSkew {rule.Says.MaxSkew} over {tally.TopologyKey} of pods {tally}, {domain} has {there} and the least {least}"),
                    string.Create(CultureInfo.InvariantCulture, $"would exceed maxSkew {rule.Says.MaxSkew} over {tally.TopologyKey} of pods {tally}{TooFew(rule)}"),
                    string.Create(CultureInfo.InvariantCulture, $"{Topologies.Its(tally.TopologyKey, domain)}has {there} while the least is {least}"), there - least);
        }
        return FilterVerdict.Yes;
    }

    /// <summary>What no pod that leaves could help: the cluster itself has too few domains.</summary>
    static string TooFew(in SpreadRule rule) => rule.Tally.Domains.Count < rule.Says.MinDomains
        ? string.Create(CultureInfo.InvariantCulture, $" (minDomains {rule.Says.MinDomains}, there are {rule.Tally.Domains.Count}, so the least counts as 0)")
        : "";
}
