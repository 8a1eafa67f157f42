using System.Runtime.InteropServices;
using Gossip.Core.Model;
using Gossip.Core.Replication;
using Gossip.Core.Workloads;

namespace Gossip.Core.Scheduling;

/// <summary>Publishes how the last round of an auction went, so that every node can say why a pod is where it is, or is not.</summary>
sealed class SummaryDesk(NodeId self, SlotTable slots, IRowWriter writer)
{
    /// <summary>Rows on their way to the log: the slot table does not know them yet.</summary>
    readonly Dictionary<PodId, Uid> creating = [];

    readonly List<RoundAnswer> answers = []; // of the last round told, so that the next needs no list of its own

    /// <summary>Writes the round unless the last one read the same.</summary>
    /// <param name="gang">What became of the gang, when it is the gang's attempt that is told.</param>
    public void Publish(Auction auction, NodeId winner, Now now, NodeEffects effects, string gang = "")
    {
        if (slots.Find(auction.Pod) is null) return;
        var bids = Collect(auction, winner);
        var shown = Math.Min(answers.Count, winner == NodeId.None ? RoundSummary.AnswersMax : RoundSummary.AnswersOfPlaced);
        for (var i = shown; i < answers.Count; i++)
            if (answers[i].Node == winner) answers[shown - 1] = answers[i]; // of a round that had given it up others may have bid more
        var summary = new RoundSummary(auction.Run, self, auction.Rounds, auction.Round.Asked.Count, bids, winner, writer.Tick(now),
            CollectionsMarshal.AsSpan(answers)[..shown], gang);
        if (auction.Told is { } last && last.SaysTheSame(summary)) return;
        auction.Told = summary;
        var round = summary.Cell;
        if (slots.SummaryRow(auction.Pod, self) is { } row || creating.TryGetValue(auction.Pod, out row))
        {
            writer.Edit(row, [(Fields.Round, round)], now, effects, (_, _, _) => auction.OwnRoundLanded = true);
            return;
        }
        var pod = auction.Pod;
        creating[pod] = writer.Create(
            RowKind.Summary, [(Fields.Birth, PodCodec.SlotBirth(pod)), (Fields.Round, round)], now, effects, (_, _, _) =>
            {
                creating.Remove(pod);
                auction.OwnRoundLanded = true;
            });
    }

    /// <summary>Bids first, best first; then refusals, of those asked before those passed over by hearsay. How many are bids.</summary>
    /// <param name="winner">Counts as a bid even if its verdict came after the round had given it up.</param>
    int Collect(Auction auction, NodeId winner)
    {
        answers.Clear();
        foreach (var candidate in auction.Round.Asked)
        {
            var hasBid = Round.StoodFor(auction, candidate);
            if (hasBid || candidate.Node == winner)
                answers.Add(new RoundAnswer(candidate.Node, candidate.Score, hasBid ? candidate.Why : "answered its award late") { Parts = candidate.Parts, Evicts = candidate.Evicts });
        }
        var bids = answers.Count;
        answers.Sort((a, b) => BidOrder.Compare(auction.Run, b.Node, b.Score, b.Evicts, a.Node, a.Score, a.Evicts));
        foreach (var candidate in auction.Round.Asked)
            if (candidate.State is AnswerState.Silent or AnswerState.Refused && candidate.Node != winner) answers.Add(new RoundAnswer(candidate.Node, -1, candidate.Why));
        foreach (var (node, why) in auction.Round.PassedOver)
            if (answers.Count < RoundSummary.AnswersMax) answers.Add(new RoundAnswer(node, -1, why));
        return bids;
    }
}
