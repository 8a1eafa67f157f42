using System.Collections.Immutable;
using Gossip.Core.Model;
using Gossip.Core.Replication;
using Gossip.Core.Workloads;

namespace Gossip.Core.Scheduling;

/// <summary>Publishes how the last round of an auction went, so that every node can say why a pod is where it is, or is not.</summary>
sealed class SummaryDesk(NodeId self, SlotTable slots, IRowWriter writer)
{
    /// <summary>Rows on their way to the log: the slot table does not know them yet.</summary>
    readonly Dictionary<PodId, Uid> creating = [];

    /// <summary>Writes the round unless the last one read the same.</summary>
    /// <param name="gang">What became of the gang, when it is the gang's attempt that is told.</param>
    public void Publish(Auction auction, NodeId winner, Now now, NodeEffects effects, string gang = "")
    {
        if (slots.Find(auction.Pod) is null) return;
        var answers = AnswersOf(auction, winner);
        if (auction.Told is { } last && last.Run == auction.Run && last.Winner == winner && last.Gang == gang
            && last.Answers.AsSpan().SequenceEqual(answers.AsSpan())) return;
        var summary = new RoundSummary(auction.Run, self, auction.Rounds, auction.Round.Asked.Count, winner, writer.Tick(now), answers) { Gang = gang };
        auction.Told = summary;
        ReadOnlyMemory<byte> round = RoundSummaryCodec.Write(summary);
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

    /// <summary>Bids first, best first; then refusals, of those asked before those passed over by hearsay.</summary>
    /// <param name="winner">Counts as a bid even if its verdict came after the round had given it up.</param>
    static ImmutableArray<RoundAnswer> AnswersOf(Auction auction, NodeId winner)
    {
        var bidding = auction.Round.Asked.FindAll(candidate => candidate.State is AnswerState.Bid or AnswerState.Released || candidate.Node == winner);
        bidding.Sort((a, b) => BidOrder.Compare(auction.Run, b.Node, b.Score, b.Evicts, a.Node, a.Score, a.Evicts));
        var answers = new List<RoundAnswer>(RoundSummary.AnswersMax);
        foreach (var candidate in bidding)
            answers.Add(new RoundAnswer(candidate.Node, candidate.Score, candidate.State is AnswerState.Bid or AnswerState.Released ? candidate.Why : "answered its award late"));
        foreach (var candidate in auction.Round.Asked)
            if (candidate.State is AnswerState.Silent or AnswerState.Refused && candidate.Node != winner) answers.Add(new RoundAnswer(candidate.Node, -1, candidate.Why));
        answers.AddRange(auction.Round.PassedOver);
        if (answers.Count > RoundSummary.AnswersMax) answers.RemoveRange(RoundSummary.AnswersMax, answers.Count - RoundSummary.AnswersMax);
        return [.. answers];
    }
}
