using Gossip.Core.Pods;
using Gossip.Core.Primitives;

namespace Gossip.Core.Tests.Pods.Ending;

public class PodEndTests
{
    static readonly Instant Now = new(0);

    static TimeSpan Seconds(int seconds) => TimeSpan.FromSeconds(seconds);

    [Fact]
    public void A_second_order_to_end_can_only_shorten_the_grace()
    {
        var end = new PodEnd();
        end.Begin(Seconds(30), inOrder: false, Now);
        end.Begin(Seconds(60), inOrder: false, Now);
        Assert.Equal(Now + Seconds(30), end.Due);
        end.Begin(Seconds(5), inOrder: false, Now);
        Assert.Equal(Now + Seconds(5), end.Due);
    }

    [Fact]
    public void A_bound_counts_where_the_pod_asks_for_more()
    {
        var end = new PodEnd();
        end.BoundGrace(Seconds(10));
        end.Begin(Seconds(30), inOrder: true, Now);
        Assert.Equal((Now + Seconds(10), true), (end.Due, end.InOrder));
    }

    [Fact]
    public void Without_grace_nothing_ends_in_order()
    {
        var end = new PodEnd();
        end.Begin(Seconds(30), inOrder: true, Now);
        Assert.True(end.InOrder);
        end.Begin(TimeSpan.Zero, inOrder: true, Now);
        Assert.False(end.InOrder);
    }

    [Fact]
    public void An_end_that_began_out_of_order_stays_so()
    {
        var end = new PodEnd();
        end.Begin(Seconds(30), inOrder: false, Now);
        end.Begin(Seconds(20), inOrder: true, Now);
        Assert.False(end.InOrder);
    }
}
