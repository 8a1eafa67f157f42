using FsCheck.Xunit;
using Gossip.Core.Primitives;
using Gossip.Core.Scheduling;
using Gossip.Core.Tables;
using Gossip.Core.Tests.Scheduling;
using MessagePack;

namespace Gossip.Core.Tests.Tables;

public class RoundSummaryTests
{
    static RoundSummary Of(params RoundAnswer[] answers) =>
        new(Some.Run(1), NodeId.Of("a"), 3, answers.Length, answers.Count(answer => answer.IsBid), NodeId.None, new Stamp(8), answers);

    static RoundAnswer Bid(ulong node, int score) => new(new NodeId(node), score, "") { Parts = ScorePartsTests.Of((0, 979), (3, 500)) };

    [Fact]
    public void What_was_answered_reads_as_it_always_did()
    {
        var cost = new PreemptionCost(1, 7, 0, 2, Stamp.Zero);
        var answers = RoundSummaryCodec.Read(Of(
            Bid(1, 700), Bid(2, 690) with { Says = "warmth 5" }, Bid(3, 680) with { Evicts = cost }, Bid(4, 670) with { Evicts = cost, Says = "warmth 5" },
            new RoundAnswer(new NodeId(5), 660, ""), new RoundAnswer(new NodeId(6), -1, "full")).Cell).Answers;
        Assert.Equal(
        [
            "least-allocated 979, spread 500",
            "least-allocated 979, spread 500, warmth 5",
            "evicts 2 pods of priority 7 at most, 1 against a budget; least-allocated 979, spread 500",
            "evicts 2 pods of priority 7 at most, 1 against a budget; least-allocated 979, spread 500, warmth 5",
            "",
            "full",
        ], answers.Select(answer => answer.Why));
        Assert.Equal([1UL, 2, 3, 4, 5, 6], answers.Select(answer => answer.Node.Value));
        Assert.Equal([false, false, true, true, false, false], answers.Select(answer => answer.Evicts is not null));
    }

    [Fact]
    public void The_head_comes_back()
    {
        var head = RoundSummaryCodec.Read(new RoundSummary(Some.Run(1, 4), NodeId.Of("a"), 3, 12, 9, NodeId.Of("b"), new Stamp(8), [Bid(1, 1)], "gang g needs 2 together, 1 fit").Cell);
        Assert.Equal(new RoundHead(Some.Run(1, 4), NodeId.Of("a"), 3, 12, 9, NodeId.Of("b"), new Stamp(8)), head.Head);
        Assert.Equal("gang g needs 2 together, 1 fit", head.Gang);
    }

    [Fact]
    public void Five_bids_take_less_than_two_hundred_bytes() =>
        Assert.InRange(Of([.. Enumerable.Range(1, 5).Select(i => Bid(ulong.MaxValue - (ulong)i, 900))]).Cell.Length, 1, 190);

    [Property]
    public void It_fits_its_row_whatever_is_said(byte answers, byte words, bool evict)
    {
        var full = ScorePartsTests.Of([.. Enumerable.Range(0, ScoreParts.Most).Select(i => (i, ScoreParts.ValueMost))]);
        var cost = evict ? new PreemptionCost(int.MaxValue, int.MinValue, 0, int.MaxValue, Stamp.Zero) : (PreemptionCost?)null;
        var summary = Of([.. Enumerable.Range(0, answers % 20).Select(i => new RoundAnswer(new NodeId(ulong.MaxValue), Scoring.BidGreatest, new string('w', words)) { Parts = full, Evicts = cost })]);
        Assert.InRange(summary.Cell.Length, 1, RoundSummaryCodec.BytesMax);
        Assert.InRange(RoundSummaryCodec.Read(summary.Cell).Answers.Length, Math.Min(5, answers % 20), RoundSummary.AnswersMax);
    }

    [Fact]
    public void Every_cut_of_it_is_malformed_at_once_and_not_when_somebody_asks_why()
    {
        var cell = Of(Bid(1, 700) with { Says = "warmth 5", Evicts = PreemptionCost.None }, new RoundAnswer(new NodeId(6), -1, "full")).Cell;
        for (var length = 0; length < cell.Length; length++)
        {
            var error = Record.Exception(() => RoundSummaryCodec.Read(cell[..length]));
            Assert.True(error is MessagePackSerializationException or EndOfStreamException, $"cut at {length}: {error}");
        }
    }

    [Fact]
    public void Two_rounds_that_differ_only_in_when_they_were_say_the_same()
    {
        var one = new RoundSummary(Some.Run(1), NodeId.Of("a"), 3, 4, 1, NodeId.None, new Stamp(8), [Bid(1, 700)]);
        Assert.True(one.SaysTheSame(new RoundSummary(Some.Run(1), NodeId.Of("a"), 4, 4, 1, NodeId.None, new Stamp(9), [Bid(1, 700)])));
        Assert.False(one.SaysTheSame(new RoundSummary(Some.Run(1), NodeId.Of("a"), 4, 4, 1, NodeId.Of("b"), new Stamp(9), [Bid(1, 700)])));
        Assert.False(one.SaysTheSame(new RoundSummary(Some.Run(1), NodeId.Of("a"), 4, 4, 1, NodeId.None, new Stamp(9), [Bid(1, 701)])));
    }
}
