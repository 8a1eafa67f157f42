using Gossip.Core.Templates;

namespace Gossip.Core.Scheduling.Scores;

/// <summary>
/// Prefers the domains with the fewest of the pods that a <c>ScheduleAnyway</c> constraint spreads; a node without the
/// label comes last. (Kubernetes' PodTopologySpread, with its weight.)
/// </summary>
sealed class TopologySpreadScore : IScore
{
    public string Name => "topology-spread";

    public int Score(PodTemplate pod, in NodeFacts node)
    {
        if (node.Around.Rules is not { Spread.Length: > 0 } rules) return Scoring.Greatest;
        var (sum, soft) = (0L, 0);
        foreach (var (says, tally, _) in rules.Spread)
        {
            if (says.IsHard) continue;
            soft++;
            if (node.Labels[tally.TopologyKey] is not { } domain) continue;
            var most = tally.Greatest + says.MaxSkew - 1; // so that a greater skew makes less of a difference of one
            sum += most <= 0 ? Scoring.Greatest : Scoring.Greatest - Math.Min(node.Around.Count(tally, domain), most) * (long)Scoring.Greatest / most;
        }
        return soft == 0 ? Scoring.Greatest : (int)(sum / soft);
    }
}
