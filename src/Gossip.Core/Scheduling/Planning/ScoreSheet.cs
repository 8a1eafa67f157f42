using Gossip.Core.Scheduling.Filters;
using Gossip.Core.Workloads;

namespace Gossip.Core.Scheduling.Planning;

/// <summary>
/// What every node would bid for the pods of one template, in the auction's own order but over all nodes. A node is
/// looked at anew only when something was put on it since, so a thousand alike pods cost little more than one; pods that
/// rules between pods speak of cost a look at every node each.
/// </summary>
sealed class ScoreSheet(Board board)
{
    const int Unfit = -1;

    readonly int[] scores = new int[board.Nodes.Length];
    readonly int[] versions = new int[board.Nodes.Length];

    /// <summary>The node that would win; null when no node has room.</summary>
    public BoardNode? Best(Slot slot, out int score)
    {
        BoardNode? best = null;
        var run = new Model.PodRun(slot.Id, slot.NextEpoch);
        score = Unfit;
        for (var i = 0; i < scores.Length; i++)
        {
            var node = board.Nodes[i];
            if (versions[i] != node.Version || slot.Rules is not null)
            {
                var facts = board.Facts(node, slot);
                scores[i] = Filtering.Passes(slot.Template, facts) ? Scoring.Score(slot.Template, facts) : Unfit;
                versions[i] = node.Version;
            }
            if (scores[i] < score || scores[i] == Unfit) continue;
            if (best is null || BidOrder.Compare(run, node.Member.Id, scores[i], best.Member.Id, score) > 0) (best, score) = (node, scores[i]);
        }
        return best;
    }
}
