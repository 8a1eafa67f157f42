using System.Globalization;
using Gossip.Core.Model;

namespace Gossip.Core.Scheduling.Filters;

/// <summary>With the pod, its domain may have at most maxSkew more of the pods it is spread with than the domain that has the fewest.</summary>
public sealed class TopologySpreadFilter : IFilter
{
    public string Name => "TopologySpread";

    public FilterVerdict Check(PodTemplate pod, in NodeFacts node)
    {
        if (node.Around.Rules is not { Spread.Length: > 0 } rules) return FilterVerdict.Yes;
        foreach (var rule in rules.Spread)
        {
            var tally = rule.Tally;
            if (!rule.Says.IsHard) continue;
            if (node.Labels[tally.TopologyKey] is not { } domain) return FilterVerdict.No($"has no {tally.TopologyKey} to spread over");
            if (rule.Forbids(domain, node.Around, out var there, out var least))
                return FilterVerdict.No(string.Create(CultureInfo.InvariantCulture,
                    $"maxSkew {rule.Says.MaxSkew} over {tally.TopologyKey} of pods {tally}, {domain} has {there} and the least {least}"));
        }
        return FilterVerdict.Yes;
    }
}
