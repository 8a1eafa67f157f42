using Gossip.Core.Model;

namespace Gossip.Core.Scheduling;

/// <summary>
/// Which of two bids wins: the greater score, then the greater hash of (pod, epoch, node), so that equal nodes take turns
/// over pods, then the greater id. A total order over what the bids say: arrival plays no part.
/// </summary>
public static class BidOrder
{
    public static int Compare(PodRun run, NodeId node, int score, NodeId otherNode, int otherScore)
    {
        if (score != otherScore) return score.CompareTo(otherScore);
        var byHash = TieBreak(run, node).CompareTo(TieBreak(run, otherNode));
        return byHash != 0 ? byHash : node.CompareTo(otherNode);
    }

    static ulong TieBreak(PodRun run, NodeId node) =>
        StableHash.Mix(StableHash.Mix(run.Pod.Hash(), run.Epoch.Value), node.Value);
}
