using Gossip.Core.Primitives;
using Gossip.Core.Scheduling;
using Gossip.Core.Tables;
using Gossip.Core.Turns;

namespace Gossip.Core.Tests.Scheduling;

public class BidderTests
{
    static TestNode Open() => new TestNode(rank: 3).Start().Sync();

    static string Refused(TestNode desk) => Assert.Single(desk.Take<Refusal>()).Message.Why;

    [Fact]
    public void An_award_in_time_becomes_a_durable_admission_and_then_a_verdict()
    {
        var desk = Open();
        var run = desk.Run;
        desk.Hear(desk.Ring[0], new Ask(1, run));
        Assert.Equal(run, Assert.Single(desk.Take<Bid>()).Message.Run);
        desk.Hear(desk.Ring[0], new Award(1, run, new Victory(9, 2)));
        Assert.Equal("won with 9 over 2 other bids", desk.Own.Birth.Winner);
        Assert.True(Assert.Single(desk.Take<Verdict>()).Message.Admitted);
        desk.Hear(desk.Ring[0], new Award(1, run, new Victory(9, 3)));
        Assert.True(Assert.Single(desk.Take<Verdict>()).Message.Admitted);
        Assert.Single(desk.Admissions);
    }

    [Fact]
    public void An_award_after_the_bid_is_over_admits_nothing()
    {
        var desk = Open();
        desk.Hear(desk.Ring[0], new Ask(1, desk.Run));
        desk.Pass(desk.Timings.BidValidity);
        desk.Hear(desk.Ring[0], new Award(1, desk.Run, default));
        Assert.False(Assert.Single(desk.Take<Verdict>()).Message.Admitted);
        Assert.Empty(desk.Admissions);
        Assert.Equal(desk.Room.Books.Allocatable, desk.Room.Books.Free);
    }

    [Fact]
    public void An_award_is_checked_again()
    {
        var desk = Open();
        desk.Hear(desk.Ring[0], new Ask(1, desk.Run));
        var run = desk.Run;
        desk.Admit(desk.Ring[1], epoch: 1, ready: false); // somebody was quicker
        desk.Hear(desk.Ring[0], new Award(1, run, default));
        Assert.False(Assert.Single(desk.Take<Verdict>()).Message.Admitted);
    }

    [Fact]
    public void A_release_frees_at_once_and_only_its_own_bid()
    {
        var desk = Open();
        desk.Hear(desk.Ring[0], new Ask(2, desk.Run));
        desk.Hear(desk.Ring[0], new Release(1, desk.Run));
        desk.Hear(desk.Ring[1], new Release(2, desk.Run));
        Assert.Equal(1, desk.Room.Books.Count);
        desk.Hear(desk.Ring[0], new Release(2, desk.Run));
        Assert.Equal(0, desk.Room.Books.Count);
    }

    [Fact]
    public void A_bid_ends_on_the_bidders_own_clock_and_the_version_moves()
    {
        var desk = Open();
        desk.Hear(desk.Ring[0], new Ask(1, desk.Run));
        desk.Pass(200);
        desk.Hear(desk.Ring[0], new Ask(2, desk.Run with { Epoch = Epoch.None }));
        var before = Assert.Single(desk.Take<Refusal>()).Message.CapacityVersion;
        desk.Pass(2000);
        Assert.Equal(0, desk.Room.Books.Count);
        desk.Hear(desk.Ring[0], new Ask(3, desk.Run with { Epoch = Epoch.None }));
        Assert.True(Assert.Single(desk.Take<Refusal>()).Message.CapacityVersion > before);
    }

    [Fact]
    public void Asked_for_the_same_again_it_holds_on_to_its_bid_and_says_nothing()
    {
        var desk = Open();
        desk.Hear(desk.Ring[0], new Ask(1, desk.Run));
        Assert.Single(desk.Take<Bid>());
        for (var third = 0; third < 6; third++)
        {
            desk.Pass(desk.Timings.BidValidity / 3);
            desk.Hear(desk.Ring[0], new Ask(1, desk.Run));
        }
        Assert.Empty(desk.Take<Bid>());
        Assert.Equal(1, desk.Room.Books.Count);
        desk.Hear(desk.Ring[0], new Award(1, desk.Run, default));
        Assert.True(Assert.Single(desk.Take<Verdict>()).Message.Admitted);
    }

    [Fact]
    public void A_bid_that_is_not_asked_for_again_ends_however_often_it_was()
    {
        var desk = Open();
        desk.Hear(desk.Ring[0], new Ask(1, desk.Run));
        desk.Pass(desk.Timings.BidValidity / 2);
        desk.Hear(desk.Ring[0], new Ask(1, desk.Run));
        desk.Pass(desk.Timings.BidValidity);
        Assert.Equal(0, desk.Room.Books.Count);
        Assert.Equal(desk.Room.Books.Allocatable, desk.Room.Books.Free);
    }

    [Fact]
    public void An_older_epoch_is_stale()
    {
        var desk = Open();
        desk.Hear(desk.Ring[0], new Ask(1, desk.Run with { Epoch = Epoch.None }));
        var refusal = Assert.Single(desk.Take<Refusal>()).Message;
        Assert.Equal("stale: asked for epoch 0, 1 is next", refusal.Why);
        Assert.Equal(Epoch.First, refusal.Next);
    }

    [Fact]
    public void An_unknown_pod_is_said_to_be_unheard_of()
    {
        var desk = Open();
        desk.Hear(desk.Ring[0], new Ask(1, Some.Run(99)));
        Assert.Equal(new Unheard(1, Some.Run(99)), Assert.Single(desk.Take<Unheard>()).Message);
    }

    [Fact]
    public void What_only_reservations_prevent_says_when_they_end()
    {
        var desk = new TestNode(rank: 3, replicas: 50).Start().Sync();
        foreach (var pod in desk.Pods.Take(11)) desk.Hear(desk.Ring[0], new Ask(1, new PodRun(pod, Epoch.First)));
        Assert.Equal(10, desk.Take<Bid>().Length); // pod places
        var refusal = Assert.Single(desk.Take<Refusal>()).Message;
        Assert.Equal("all 10 pod places are taken", refusal.Why);
        Assert.Equal(desk.Timings.BidValidity.TotalMilliseconds, refusal.AskAgainAfterMilliseconds);
    }

    [Fact]
    public void Of_two_auctioneers_the_one_nearer_on_the_ring_has_the_say()
    {
        var desk = Open();
        desk.Hear(desk.Ring[1], new Ask(7, desk.Run));
        Assert.Single(desk.Take<Bid>());
        desk.Hear(desk.Ring[2], new Ask(8, desk.Run));
        Assert.StartsWith("holds a bid for ", Refused(desk), StringComparison.Ordinal);
        desk.Hear(desk.Ring[0], new Ask(9, desk.Run));
        Assert.Equal(desk.Ring[0], Assert.Single(desk.Take<Bid>()).To);
        desk.Hear(desk.Ring[1], new Award(7, desk.Run, default));
        Assert.False(Assert.Single(desk.Take<Verdict>()).Message.Admitted);
        Assert.Equal(1, desk.Room.Books.Count);
    }

    [Fact]
    public void A_node_that_starts_or_leaves_bids_for_nothing()
    {
        var desk = new TestNode(rank: 3).Start();
        desk.Hear(desk.Ring[0], new Ask(1, desk.Run));
        Assert.Equal("node is unready: starting", Refused(desk));
        desk.Sync();
        desk.Bidder.OnLeave(new Turn(desk.Now, desk));
        desk.Hear(desk.Ring[0], new Ask(2, desk.Run));
        Assert.Equal("node is unready: leaving", Refused(desk));
    }
}
