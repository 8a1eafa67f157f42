using Gossip.Core.Leases;
using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Tests.Tables;
using Gossip.Core.Turns;
using Gossip.Core.Wire;

namespace Gossip.Core.Tests.Membership;

public class InquiryTests
{
    static readonly TimeSpan wait = TimeSpan.FromSeconds(1);
    static readonly LeaseEnd message = new(1, default);

    readonly TestCluster cluster = new();
    readonly Outbox outbox = new(NodeId.Of("n0"));
    readonly NodeId[] nodes = [NodeId.Of("n1"), NodeId.Of("nobody"), NodeId.Of("n2")];
    readonly Inquiry inquiry;

    public InquiryTests() => inquiry = new Inquiry(cluster.Members, outbox, wait, triesMost: 2);

    Turn Turn => new(cluster.Now, cluster.Effects);

    int Said()
    {
        var said = outbox.TakeLooped();
        var count = 0;
        while (Envelope.TryNext(ref said, out _, out _, out _)) count++;
        return count;
    }

    [Fact]
    public void Each_try_goes_to_those_that_are_members_and_the_last_one_gives_up()
    {
        inquiry.Ask(nodes, message, Turn);
        Assert.Equal(2, Said());
        Assert.False(inquiry.IsGivenUp);
        inquiry.Ask(nodes, message, Turn);
        Assert.True(inquiry.IsGivenUp);
    }

    [Fact]
    public void The_next_try_makes_the_timer_of_the_one_before_stale()
    {
        inquiry.Ask(nodes, message, Turn);
        inquiry.Wake(NodeTimerKind.VoteDue, 7, Turn);
        var (timer, after) = Assert.Single(cluster.Effects.Wakes);
        Assert.Equal((7UL, wait), (timer.Subject, after));
        Assert.True(inquiry.IsWokenBy(timer));
        inquiry.Ask(nodes, message, Turn);
        Assert.False(inquiry.IsWokenBy(timer));
    }

    [Fact]
    public void The_next_try_is_put_off_but_never_brought_forward()
    {
        inquiry.Ask(nodes, message, Turn);
        Assert.Equal(cluster.Now.Monotonic + wait, inquiry.NextTry);
        inquiry.PutOff(cluster.Now.Monotonic + 3 * wait);
        inquiry.PutOff(cluster.Now.Monotonic + 2 * wait);
        Assert.Equal(cluster.Now.Monotonic + 3 * wait, inquiry.NextTry);
    }

    [Fact]
    public void What_is_only_told_is_no_try()
    {
        inquiry.Tell(nodes, message, Turn);
        Assert.Equal(2, Said());
        Assert.Equal(default, inquiry.NextTry);
    }
}
