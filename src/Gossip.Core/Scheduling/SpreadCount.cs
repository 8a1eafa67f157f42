using Gossip.Core.Tables.Topology;

namespace Gossip.Core.Scheduling;

/// <summary>
/// How many pods a node's domains have of those that soft spread constraints count. For pods that spread first
/// (<see cref="Templates.PodTemplate.SpreadsFirst"/>) the node with the fewest wins, whatever it scores.
/// </summary>
static class SpreadCount
{
    /// <summary>Of a node that is in no domain of a constraint: it comes last.</summary>
    public const int Nowhere = int.MaxValue / 2;

    /// <summary>Without the pod itself, over all soft constraints of its template.</summary>
    public static int Of(PlacementRules? rules, in NodeFacts node)
    {
        var sum = 0;
        foreach (var (says, tally, _) in rules?.Spread ?? [])
        {
            if (says.IsHard) continue;
            if (node.Labels[tally.TopologyKey] is not { } domain) return Nowhere;
            sum += node.Around.Count(tally, domain);
        }
        return sum;
    }

    /// <summary>How many soft constraints there are.</summary>
    public static int Constraints(PlacementRules? rules)
    {
        var soft = 0;
        foreach (var rule in rules?.Spread ?? [])
            if (!rule.Says.IsHard) soft++;
        return soft;
    }
}
