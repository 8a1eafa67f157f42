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
        foreach (var (says, tally, self) in rules.Spread)
        {
            if (!says.IsHard) continue;
            if (node.Labels[tally.TopologyKey] is not { } domain) return FilterVerdict.No($"has no {tally.TopologyKey} to spread over");
            var least = tally.Domains.Count < says.MinDomains ? 0 : node.Around.Least(tally);
            var there = node.Around.Count(tally, domain);
            if (there + self - least > says.MaxSkew)
                return FilterVerdict.No(string.Create(CultureInfo.InvariantCulture,
                    $"maxSkew {says.MaxSkew} over {tally.TopologyKey} of pods {tally}, {domain} has {there} and the least {least}"));
        }
        return FilterVerdict.Yes;
    }
}
