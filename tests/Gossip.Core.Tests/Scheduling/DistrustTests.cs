using Gossip.Core.Primitives;
using Gossip.Core.Scheduling;
using Gossip.Core.Tests.Tables;

namespace Gossip.Core.Tests.Scheduling;

public class DistrustTests
{
    readonly TestNode desk = new TestNode().Start();
    readonly Distrust distrust;
    readonly NodeId node;

    public DistrustTests()
    {
        distrust = new Distrust(desk, desk.Timings);
        node = desk.Others[0];
    }

    void Fail(int times)
    {
        for (var i = 0; i < times; i++) distrust.Failed(node, desk.Now);
    }

    void Move() => desk.Change(node, member => member with { Capacity = member.Capacity with { Version = member.Capacity.Version + 1 } });

    [Fact]
    public void One_that_failed_too_often_is_not_asked_until_its_capacity_moves()
    {
        Fail(Distrust.FailuresMost - 1);
        Assert.Null(distrust.WhyNot(node, desk.Now));
        Fail(1);
        desk.Pass(TimeSpan.FromHours(1));
        Assert.Equal("its word came to nothing 3 times in a row: not asked until its capacity moves", distrust.WhyNot(node, desk.Now));
        Move();
        Assert.Null(distrust.WhyNot(node, desk.Now));
        Assert.Null(distrust.WhyNot(desk.Others[1], desk.Now));
    }

    [Fact]
    public void One_that_moves_all_the_time_is_held_off_twice_as_long_with_each_relapse()
    {
        Fail(Distrust.FailuresMost);
        for (var holdOff = desk.Timings.RoundBackoffLeast; holdOff < 2 * desk.Timings.RoundBackoffMost; holdOff *= 2)
        {
            var bounded = holdOff < desk.Timings.RoundBackoffMost ? holdOff : desk.Timings.RoundBackoffMost;
            Move();
            desk.Pass(bounded - TimeSpan.FromMilliseconds(1));
            Assert.Contains("for a while", distrust.WhyNot(node, desk.Now), StringComparison.Ordinal);
            desk.Pass(1);
            Assert.Null(distrust.WhyNot(node, desk.Now));
            Fail(1);
        }
    }

    [Fact]
    public void Failures_of_rounds_that_ran_at_once_count_as_one_relapse()
    {
        Fail(Distrust.FailuresMost + 4);
        Move();
        desk.Pass(desk.Timings.RoundBackoffLeast);
        Assert.Null(distrust.WhyNot(node, desk.Now));
    }

    [Fact]
    public void One_admission_clears_it()
    {
        Fail(Distrust.FailuresMost);
        distrust.Kept(node);
        Assert.Null(distrust.WhyNot(node, desk.Now));
        Fail(Distrust.FailuresMost - 1);
        Assert.Null(distrust.WhyNot(node, desk.Now));
    }

    static T Await<T>(TestNode desk, NodeId to)
    {
        for (var i = 0; i < 10_000; i++)
        {
            foreach (var said in desk.Take<T>())
                if (said.To == to) return said.Message;
            desk.Pass(50);
        }
        throw new TimeoutException($"no {typeof(T).Name}");
    }

    /// <summary>The only other live node wins three rounds and admits nothing; returns it.</summary>
    static NodeId Disappoint(TestNode desk, Action<ulong, NodeId> answer)
    {
        foreach (var other in desk.Others[1..]) desk.Die(other);
        var liar = desk.Others[0];
        for (var i = 0; i < Distrust.FailuresMost; i++)
        {
            var auction = Await<Ask>(desk, liar).Auction;
            desk.Hear(liar, new Bid(auction, desk.Run, 1000, ""));
            Await<Award>(desk, liar);
            answer(auction, liar);
        }
        return liar;
    }

    [Fact]
    public void A_liar_is_passed_over_and_why_says_so()
    {
        var desk = new TestNode(template: TestCluster.Template).Start();
        var liar = Disappoint(desk, (auction, from) => desk.Hear(from, new Verdict(auction, desk.Run, false, "changed its mind")));
        desk.Take<Ask>();
        desk.Pass(TimeSpan.FromMinutes(2));
        Assert.DoesNotContain(desk.Take<Ask>(), ask => ask.To == liar);
        Assert.Contains(desk.Slots.Find(desk.Pods[0])!.Summary!.Answers, answer => answer.Node == liar && answer.Why.StartsWith("its word came to nothing 3 times in a row", StringComparison.Ordinal));
    }

    [Fact]
    public void One_who_says_that_it_admitted_and_never_shows_it_is_a_liar_too()
    {
        var desk = new TestNode().Start();
        var liar = Disappoint(desk, (auction, from) => desk.Hear(from, new Verdict(auction, desk.Run, true, "")));
        desk.Pass(desk.Timings.AuctioneerSilence);
        desk.Take<Ask>();
        desk.Pass(TimeSpan.FromMinutes(2));
        Assert.DoesNotContain(desk.Take<Ask>(), ask => ask.To == liar);
    }

    [Fact]
    public void A_bid_above_the_greatest_is_refused()
    {
        var desk = new TestNode().Start();
        var asks = desk.Take<Ask>();
        var (high, fair) = (asks[0], asks[1]);
        desk.Hear(high.To, new Bid(high.Message.Auction, desk.Run, Scoring.Greatest + 1, ""));
        Assert.Equal(high.To, Assert.Single(desk.Take<Release>()).To);
        desk.Hear(fair.To, new Bid(fair.Message.Auction, desk.Run, 10, ""));
        Await<Award>(desk, fair.To);
    }
}
