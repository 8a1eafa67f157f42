using Gossip.Core.Primitives;
using Gossip.Core.Tables;

namespace Gossip.Core.Scheduling;

/// <summary>
/// Which of two bids wins: one that evicts nobody, then the one that costs others less, then the greater score, then the greater hash
/// of (pod, epoch, node), so that equal nodes take turns over pods, then the greater id. A total order over what the bids say: arrival
/// plays no part.
/// </summary>
static class BidOrder
{
    public static int Compare(
        PodRun run, NodeId node, int score, PreemptionCost? evicts, NodeId otherNode, int otherScore, PreemptionCost? otherEvicts) =>
        Compare(Seed(run), node, score, evicts, otherNode, otherScore, otherEvicts);

    public static int Compare(PodRun run, NodeId node, int score, NodeId otherNode, int otherScore) =>
        Compare(Seed(run), node, score, otherNode, otherScore);

    /// <summary>For whoever compares many: the bids of two candidates, by a run's <see cref="Seed"/>.</summary>
    internal static int Compare(ulong seed, Candidate candidate, Candidate other) =>
        candidate.SpreadCount != other.SpreadCount && candidate.Evicts is null && other.Evicts is null
            ? other.SpreadCount.CompareTo(candidate.SpreadCount)
            : Compare(seed, candidate.Node, candidate.Score, candidate.Evicts, other.Node, other.Score, other.Evicts);

    /// <summary>A run's part of the tie-break.</summary>
    internal static ulong Seed(PodRun run) => StableHash.Mix(run.Pod.Hash(), run.Epoch.Value);

    internal static ulong TieBreak(ulong seed, NodeId node) => StableHash.Mix(seed, node.Value);

    static int Compare(
        ulong seed, NodeId node, int score, PreemptionCost? evicts, NodeId otherNode, int otherScore, PreemptionCost? otherEvicts)
    {
        if (evicts is null != otherEvicts is null) return evicts is null ? 1 : -1;
        var byCost = evicts is null ? 0 : otherEvicts!.CompareTo(evicts);
        return byCost != 0 ? byCost : Compare(seed, node, score, otherNode, otherScore);
    }

    static int Compare(ulong seed, NodeId node, int score, NodeId otherNode, int otherScore)
    {
        if (score != otherScore) return score.CompareTo(otherScore);
        var byHash = TieBreak(seed, node).CompareTo(TieBreak(seed, otherNode));
        return byHash != 0 ? byHash : node.CompareTo(otherNode);
    }
}
