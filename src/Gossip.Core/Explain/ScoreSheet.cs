using Gossip.Core.Primitives;
using Gossip.Core.Scheduling;
using Gossip.Core.Scheduling.Filters;
using Gossip.Core.Scheduling.Preemption;
using Gossip.Core.Tables;
using Gossip.Core.Tables.Topology;

namespace Gossip.Core.Explain;

/// <summary>
/// What every node would bid for the pods of one template, in the auction's own order but over all nodes. What depends on
/// the node alone is looked at anew only when something was put on it since, so a thousand alike pods cost little more
/// than one; rules between pods are asked of those nodes only that would be the best so far.
/// </summary>
sealed class ScoreSheet(Board board)
{
    const int Unfit = -1;

    readonly int[] scores = new int[board.Nodes.Length];
    readonly long[] versions = new long[board.Nodes.Length];
    (long Version, PreemptionPlan? Plan)[] evictions = [];

    /// <summary>The node that would win; null when no node has room.</summary>
    public BoardNode? Best(Slot slot, out int score)
    {
        var (hard, soft) = (slot.Rules is { IsHard: true }, slot.Rules is { } rules && MovesScores(rules));
        var seed = BidOrder.Seed(new PodRun(slot.Id, slot.NextEpoch));
        BoardNode? best = null;
        ulong tie = 0;
        score = Unfit;
        for (var i = 0; i < scores.Length; i++)
        {
            var node = board.Nodes[i];
            if (versions[i] != node.Version || soft && scores[i] != Unfit)
            {
                var facts = board.Facts(node, slot);
                scores[i] = Filtering.PassesAlone(slot.Template, facts) ? Scoring.Score(slot.Template, facts) : Unfit;
                versions[i] = node.Version;
            }
            if (scores[i] < score || scores[i] == Unfit) continue;
            var itsTie = BidOrder.TieBreak(seed, node.Member.Id);
            if (scores[i] == score && (itsTie < tie || itsTie == tie && node.Member.Id.CompareTo(best!.Member.Id) < 0)) continue;
            if (hard && !Filtering.PassesNeighbours(slot.Template, board.Facts(node, slot))) continue;
            (best, score, tie) = (node, scores[i], itsTie);
        }
        return best;
    }

    /// <summary>Where it would cost others the least to make room; null when nobody's leaving would help.</summary>
    public (BoardNode Node, PreemptionPlan Plan, int Score)? Cheapest(Slot slot, int priority)
    {
        if (evictions.Length == 0) evictions = new (long, PreemptionPlan?)[board.Nodes.Length];
        var run = new PodRun(slot.Id, slot.NextEpoch);
        (BoardNode Node, PreemptionPlan Plan, int Score)? best = null;
        for (var i = 0; i < evictions.Length; i++)
        {
            var node = board.Nodes[i];
            // What goes elsewhere uses up a budget here, and moves what rules between pods read.
            var version = slot.Rules is null ? node.Version + (board.HasBudgets ? board.Evicted.Count : 0L) : long.MaxValue;
            if (evictions[i].Version != version || version == long.MaxValue)
                evictions[i] = (version, VictimSelection.Select(slot.Template, priority, node.Member.Id, board.Facts(node, slot), node.Tenants()));
            if (evictions[i].Plan is not { } plan) continue;
            var score = Scoring.Score(slot.Template, plan.After);
            if (best is not { } other || BidOrder.Compare(run, node.Member.Id, score, plan.Cost, other.Node.Member.Id, other.Score, other.Plan.Cost) > 0) best = (node, plan, score);
        }
        return best;
    }

    static bool MovesScores(PlacementRules rules)
    {
        if (rules.Preferred.Length + rules.DrawnBy.Count > 0) return true;
        foreach (var rule in rules.Spread)
            if (!rule.Says.IsHard) return true;
        return false;
    }
}
