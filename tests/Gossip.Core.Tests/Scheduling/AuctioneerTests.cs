using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Scheduling;
using Gossip.Core.Tables;
using Gossip.Core.Turns;
using Gossip.Core.Wire;

namespace Gossip.Core.Tests.Scheduling;

public class AuctioneerTests
{
    static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    /// <summary>Asks are out; returns the round's number and who was asked.</summary>
    static (ulong Auction, NodeId[] Asked) Called(TestNode desk)
    {
        var asks = desk.Take<Ask>();
        Assert.NotEmpty(asks);
        Assert.All(asks, ask => Assert.Equal(desk.Run, ask.Message.Run));
        return (asks[0].Message.Auction, [.. asks.Select(ask => ask.To)]);
    }

    static Refusal No(TestNode desk, ulong auction, int again = 0, string why = "full") => new(auction, desk.Run, 1, 1, again, why);

    [Fact]
    public void The_best_bid_is_awarded_and_the_losers_are_let_go()
    {
        var desk = new TestNode().Start();
        var (auction, asked) = Called(desk);
        Assert.Equal(4, asked.Length);
        desk.Hear(asked[0], new Bid(auction, desk.Run, 500, "a"));
        desk.Hear(asked[1], new Bid(auction, desk.Run, 700, "b"));
        desk.Hear(asked[2], new Bid(auction, desk.Run, 600, "c"));
        Assert.Empty(desk.Take<Award>()); // one has not answered
        desk.Hear(asked[3], No(desk, auction));
        var award = Assert.Single(desk.Take<Award>());
        Assert.Equal(asked[1], award.To);
        Assert.Equal("won with 700 over 2 other bids", award.Message.Won.ToString());
        Assert.Equal(asked[0], Assert.Single(desk.Take<Release>()).To); // the second stays in reserve
        desk.Hear(asked[1], new Verdict(auction, desk.Run, true, ""));
        Assert.Equal(asked[2], Assert.Single(desk.Take<Release>()).To);
        var summary = desk.Slots.Find(desk.Pods[0])!.Summary!;
        Assert.Equal(asked[1], summary.Winner);
        Assert.Equal([700, 600, 500, -1], summary.Answers.Select(answer => answer.Score));
        Assert.Single(desk.Tables.Rows(RowKind.Summary));
    }

    [Fact]
    public void An_epoch_that_others_saw_go_by_is_learnt_of_them_and_the_next_is_called()
    {
        var desk = new TestNode().Start();
        var (auction, asked) = Called(desk);
        desk.Hear(asked[0], new Bid(auction, desk.Run, 500, "")); // it has forgotten as well
        foreach (var other in asked[1..3]) desk.Hear(other, No(desk, auction));
        desk.Hear(asked[3], No(desk, auction) with { Next = new Epoch(3) });
        Assert.Empty(desk.Take<Award>());
        Assert.Equal(asked[0], Assert.Single(desk.Take<Release>()).To);
        var again = desk.Take<Ask>();
        Assert.NotEmpty(again);
        Assert.All(again, ask => Assert.Equal(new Epoch(3), ask.Message.Run.Epoch));

        desk.Hear(again[0].To, No(desk, again[0].Message.Auction) with { Next = new Epoch(2) }); // who has seen less teaches nothing
        Assert.Equal(new Epoch(3), desk.Run.Epoch);
    }

    [Fact]
    public void Who_tells_of_later_epochs_again_and_again_is_asked_no_more_and_one_near_the_last_is_not_believed()
    {
        var desk = new TestNode().Start();
        var (auction, asked) = Called(desk);
        desk.Hear(asked[0], No(desk, auction) with { Next = new Epoch(uint.MaxValue) });
        Assert.Equal(Epoch.First, desk.Run.Epoch);
        desk.Hear(asked[1], No(desk, auction) with { Next = new Epoch(2) });

        var lies = new Dictionary<NodeId, int> { [asked[1]] = 1 };
        while (desk.Take<Ask>() is { Length: > 0 } asks)
        {
            var liar = asks[0].To;
            lies[liar] = lies.GetValueOrDefault(liar) + 1;
            desk.Hear(liar, No(desk, asks[0].Message.Auction) with { Next = new Epoch(desk.Run.Epoch.Value + 1) });
        }
        Assert.All(lies.Values, times => Assert.Equal(Distrust.FailuresMost, times));
    }

    [Fact]
    public void A_round_is_told_also_when_gossip_outruns_its_verdict()
    {
        var desk = new TestNode().Start();
        var (auction, asked) = Called(desk);
        desk.Hear(asked[0], new Bid(auction, desk.Run, 500, "a"));
        desk.Hear(asked[1], new Bid(auction, desk.Run, 700, "b"));
        foreach (var other in asked[2..]) desk.Hear(other, No(desk, auction));
        Assert.Equal(asked[1], Assert.Single(desk.Take<Award>()).To);
        var run = desk.Run;

        desk.Admit(asked[1], run.Epoch.Value, ready: true);
        Assert.Equal(asked[1], desk.Slots.Find(desk.Pods[0])!.Summary!.Winner);
        desk.Hear(asked[1], new Verdict(auction, run, true, ""));
        Assert.Single(desk.Tables.Rows(RowKind.Summary));
    }

    [Fact]
    public void The_window_closes_on_who_is_silent_and_a_late_bid_is_let_go()
    {
        var desk = new TestNode().Start();
        var (auction, asked) = Called(desk);
        desk.Hear(asked[0], new Bid(auction, desk.Run, 500, ""));
        desk.Hear(asked[1], new Bid(auction, desk.Run, 400, ""));
        desk.Pass(desk.Timings.AuctionWindow);
        Assert.Equal(asked[0], Assert.Single(desk.Take<Award>()).To);
        desk.Hear(asked[2], new Bid(auction, desk.Run, 900, ""));
        Assert.Equal(asked[2], Assert.Single(desk.Take<Release>()).To);
    }

    [Fact]
    public void While_most_are_silent_a_round_waits_up_to_three_windows()
    {
        var desk = new TestNode().Start();
        var (auction, asked) = Called(desk);
        desk.Hear(asked[0], new Bid(auction, desk.Run, 500, "")); // the auctioneer's own node is always the first
        desk.Pass(desk.Timings.AuctionWindow);
        desk.Pass(desk.Timings.AuctionWindow);
        Assert.Empty(desk.Take<Award>());
        desk.Hear(asked[1], new Bid(auction, desk.Run, 900, ""));
        desk.Pass(desk.Timings.AuctionWindow);
        Assert.Equal(asked[1], Assert.Single(desk.Take<Award>()).To);
    }

    [Fact]
    public void The_next_bidder_has_it_when_the_first_refuses()
    {
        var desk = new TestNode().Start();
        var (auction, asked) = Called(desk);
        foreach (var node in asked) desk.Hear(node, new Bid(auction, desk.Run, node == asked[2] ? 900 : node == asked[3] ? 800 : 100, ""));
        Assert.Equal(asked[2], Assert.Single(desk.Take<Award>()).To);
        desk.Hear(asked[2], new Verdict(auction, desk.Run, false, "the bid is over"));
        Assert.Equal(asked[3], Assert.Single(desk.Take<Award>()).To);
    }

    [Fact]
    public void Nobody_else_is_awarded_while_a_silent_winner_could_still_admit()
    {
        var desk = new TestNode().Start();
        var (auction, asked) = Called(desk);
        foreach (var node in asked) desk.Hear(node, new Bid(auction, desk.Run, node == asked[0] ? 900 : 100, ""));
        desk.Pass(desk.Timings.BidValidity + desk.Timings.AuctionWindow);
        Assert.All(desk.Take<Award>(), award => Assert.Equal(asked[0], award.To));
        Assert.Empty(desk.Take<Ask>());
        desk.Pass(desk.Timings.RoundBackoffLeast + 3 * desk.Timings.AuctionWindow);
        Assert.NotEqual(auction, Called(desk).Auction);
    }

    [Fact]
    public void A_node_that_has_not_heard_of_the_pod_is_told_and_asked_again_once()
    {
        var desk = new TestNode().Start();
        var (auction, asked) = Called(desk);
        var other = asked.First(node => node != desk.Self);
        desk.Said.Clear();
        desk.Hear(other, new Unheard(auction, desk.Run));
        Assert.Equal([MessageKind.RowDelta, new Ask(auction, desk.Run)], desk.Said.Select(said => said.Message));
        desk.Said.Clear();
        desk.Hear(other, new Unheard(auction, desk.Run));
        Assert.Empty(desk.Said);
    }

    [Fact]
    public void What_reservations_refused_is_asked_again_when_they_end()
    {
        var desk = new TestNode().Start();
        var (auction, asked) = Called(desk);
        foreach (var node in asked) desk.Hear(node, No(desk, auction, again: 100));
        desk.Pass(99);
        Assert.Empty(desk.Take<Ask>());
        desk.Pass(101);
        Called(desk);
    }

    [Fact]
    public void What_fits_nowhere_is_asked_wider_and_later_until_room_appears()
    {
        var desk = new TestNode().Start();
        for (var round = 0; round < 8; round++)
        {
            var (auction, asked) = Called(desk);
            Assert.Equal(round == 0 ? 4 : 5, asked.Length);
            foreach (var node in asked) desk.Hear(node, No(desk, auction, why: "needs 100m cpu, 50m free"));
            while (round < 7 && desk.Said.Count == 0) desk.Pass(50);
        }
        var summary = desk.Slots.Find(desk.Pods[0])!.Summary!;
        Assert.Equal(NodeId.None, summary.Winner);
        Assert.All(summary.Answers, answer => Assert.Equal("needs 100m cpu, 50m free", answer.Why));
        desk.Pass(TimeSpan.FromSeconds(10));
        Assert.Empty(desk.Take<Ask>());
        desk.Change(desk.Others[0], member => member with { Capacity = new Capacity(1, 2, Some.Room(5000, 4096, 10), "") });
        desk.Pass(200);
        Called(desk);
    }

    [Fact]
    public void A_pod_that_looks_infeasible_everywhere_still_gets_reasons_with_numbers()
    {
        var desk = new TestNode();
        foreach (var node in desk.Ring) desk.Change(node, member => member with { Capacity = new Capacity(1, 2, Some.Room(50, 4096, 10), "") });
        desk.Start();
        var (auction, asked) = Called(desk);
        Assert.Equal(4, asked.Length);
        foreach (var node in asked) desk.Hear(node, No(desk, auction, why: "needs 100m cpu, 20m free"));
        var answers = desk.Slots.Find(desk.Pods[0])!.Summary!.Answers;
        Assert.Equal(4, answers.Count(answer => answer.Why == "needs 100m cpu, 20m free"));
        Assert.Equal("needs 100m cpu, 50m free", Assert.Single(answers, answer => !asked.Contains(answer.Node)).Why);
    }

    [Fact]
    public void The_next_on_the_ring_takes_over_a_silence()
    {
        var desk = new TestNode(rank: 1).Start();
        desk.Pass(desk.Timings.AuctioneerSilence - Moment);
        Assert.Empty(desk.Take<Ask>());
        desk.Pass(200);
        Called(desk);
    }

    [Fact]
    public void The_next_on_the_ring_takes_over_from_the_dead_at_once()
    {
        var desk = new TestNode(rank: 1).Start();
        desk.Die(desk.Ring[0]);
        desk.Pass(100);
        Called(desk);
    }

    [Fact]
    public void A_pending_round_of_a_live_auctioneer_is_no_silence()
    {
        var desk = new TestNode(rank: 1).Start();
        Tell(desk, desk.Ring[0], at: 9);
        desk.Sync();
        desk.Pass(TimeSpan.FromMinutes(2));
        Assert.Empty(desk.Take<Ask>());
    }

    [Fact]
    public void Nor_is_it_one_when_a_farther_auctioneer_whose_clock_is_ahead_told_a_round_too()
    {
        var desk = new TestNode(rank: 1).Start();
        Tell(desk, desk.Ring[0], at: 9);
        Tell(desk, desk.Ring[1], at: 9_000_000_000);
        desk.Sync();
        desk.Pass(TimeSpan.FromMinutes(2));
        Assert.Empty(desk.Take<Ask>());
    }

    [Fact]
    public void The_round_that_is_shown_is_of_the_latest_run_however_far_a_clock_was_ahead()
    {
        var desk = new TestNode(rank: 1).Start();
        Tell(desk, desk.Ring[1], at: 9_000_000_000);
        desk.Remove(desk.Admit(desk.Others[1], epoch: 1, ready: true));
        Tell(desk, desk.Ring[0], at: 9);
        desk.Sync();
        Assert.Equal(new Epoch(2), desk.Slots.Find(desk.Pods[0])!.Summary!.Run.Epoch);
    }

    /// <summary>A round of the present run that found nobody.</summary>
    static void Tell(TestNode desk, NodeId auctioneer, ulong at)
    {
        var round = new RoundSummary(desk.Run, auctioneer, 1, 4, 0, NodeId.None, new Stamp(at), []);
        desk.Tables.Create(RowKind.Summary,
            [(Fields.Birth, PodCodec.SlotBirth(desk.Pods[0])), (Fields.Round, round.Cell)], new Turn(desk.Now, desk));
    }

    [Fact]
    public void A_lost_pod_is_called_again_after_the_grace_and_not_before()
    {
        var desk = new TestNode().Start();
        desk.Admit(desk.Others[0], epoch: 1, ready: true);
        desk.Take<Ask>();
        desk.Die(desk.Others[0]);
        desk.Pass(desk.Timings.LossGrace - Moment);
        Assert.Empty(desk.Take<Ask>());
        desk.Pass(200);
        Assert.Equal(new Epoch(2), desk.Take<Ask>()[0].Message.Run.Epoch);
    }

    [Fact]
    public void An_admission_that_arrives_ends_the_auction()
    {
        var desk = new TestNode().Start();
        var (auction, asked) = Called(desk);
        desk.Hear(asked[0], new Bid(auction, desk.Run, 500, ""));
        desk.Admit(desk.Others[0], epoch: 1, ready: true);
        Assert.Equal(asked[0], Assert.Single(desk.Take<Release>()).To);
        desk.Pass(TimeSpan.FromSeconds(10));
        Assert.Empty(desk.Take<Ask>());
        Assert.Empty(desk.Take<Award>());
    }

    [Fact]
    public void A_burst_is_called_a_few_at_a_time()
    {
        var desk = new TestNode(replicas: 60).Start();
        var asks = desk.Take<Ask>();
        Assert.Equal(4, asks.Select(ask => ask.Message.Run.Pod).Distinct().Count());
        foreach (var ask in asks.Where(ask => ask.Message.Run == asks[0].Message.Run))
            desk.Hear(ask.To, new Refusal(ask.Message.Auction, ask.Message.Run, 1, 1, 0, "full"));
        Assert.Single(desk.Take<Ask>().Select(ask => ask.Message.Run.Pod).Distinct());
    }
}
