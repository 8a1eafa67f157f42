using System.Runtime.InteropServices;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Tables;
using Gossip.Core.Turns;

namespace Gossip.Core.Scheduling;

/// <summary>Publishes how the last round of an auction went, so that every node can say why a pod is where it is, or is not.</summary>
sealed class RoundPublisher(NodeId self, SlotTable slots, IRowWriter writer)
{
    /// <summary>Rows on their way to the log: the slot table does not know them yet.</summary>
    readonly Dictionary<PodId, Uid> creating = [];

    readonly List<RoundAnswer> answers = []; // of the last round told, so that the next needs no lists of its own
    readonly List<Candidate> best = [];

    /// <summary>Writes the round unless the last one read the same.</summary>
    /// <param name="gang">What became of the gang, when it is the gang's attempt that is told.</param>
    public void Publish(Auction auction, NodeId winner, Turn turn, string gang = "")
    {
        if (slots.Find(auction.Pod) is null) return;
        var bids = Collect(auction, winner, winner == NodeId.None ? RoundSummary.AnswersMax : RoundSummary.AnswersOfPlaced);
        var summary = new RoundSummary(auction.Run, self, auction.Rounds, auction.Round.Asked.Count, bids, winner, writer.Tick(turn.Now),
            CollectionsMarshal.AsSpan(answers), gang);
        if (auction.Told is { } last && last.SaysTheSame(summary)) return;
        auction.Told = summary;
        var round = summary.Cell;
        if (slots.SummaryRow(auction.Pod, self) is { } row || creating.TryGetValue(auction.Pod, out row))
        {
            writer.Edit(row, [(Fields.Round, round)], turn, (_, _) => auction.OwnRoundLanded = true);
            return;
        }
        var pod = auction.Pod;
        creating[pod] = writer.Create(
            RowKind.Summary, [(Fields.Birth, PodCodec.SlotBirth(pod)), (Fields.Round, round)], turn, (_, _) =>
            {
                creating.Remove(pod);
                auction.OwnRoundLanded = true;
            });
    }

    /// <summary>
    /// At most so many answers: bids first, best first; then refusals, of those asked before those passed over by hearsay.
    /// Returns how many are bids.
    /// </summary>
    /// <param name="winner">Counts as a bid even if its verdict came after the round had given it up.</param>
    int Collect(Auction auction, NodeId winner, int most)
    {
        answers.Clear();
        best.Clear();
        var round = auction.Round;
        var seed = BidOrder.Seed(auction.Run);
        var bids = 0;
        Candidate? placed = null;
        foreach (var candidate in round.Asked)
        {
            if (!Round.StoodFor(auction, candidate) && candidate.Node != winner) continue;
            bids++;
            Insert(candidate, seed, most);
            if (candidate.Node == winner) placed = candidate;
        }
        if (placed is not null && !best.Contains(placed)) best[^1] = placed; // of a round that had given it up others may have bid more
        foreach (var candidate in best)
        {
            var why = Round.StoodFor(auction, candidate) ? candidate.Why : "answered its award late";
            answers.Add(new RoundAnswer(candidate.Node, candidate.Score, why) { Parts = candidate.Parts, Evicts = candidate.Evicts });
        }
        foreach (var candidate in round.Asked)
            if (answers.Count < most && candidate.State is (AnswerState.Silent or AnswerState.Refused) && candidate.Node != winner)
                answers.Add(new RoundAnswer(candidate.Node, -1, candidate.Why));
        foreach (var (node, why) in round.PassedOver)
            if (answers.Count < most) answers.Add(new RoundAnswer(node, -1, why));
        return bids;
    }

    /// <summary>Keeps the best few in order: of a batch's dozens of bids each of its pods tells of a handful.</summary>
    void Insert(Candidate candidate, ulong seed, int most)
    {
        var at = best.Count;
        while (at > 0 && BidOrder.Compare(seed, candidate, best[at - 1]) > 0) at--;
        if (at == most) return;
        if (best.Count == most) best.RemoveAt(most - 1);
        best.Insert(at, candidate);
    }
}
