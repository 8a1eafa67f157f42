using Gossip.Core.Pods;
using Gossip.Core.Primitives;

namespace Gossip.Core.Tests.Pods;

public class PodAlarmTests
{
    static readonly Instant Soon = new(10), Later = new(20);

    [Fact]
    public void It_is_set_for_the_earliest_moment_of_a_look()
    {
        var alarm = new PodAlarm();
        alarm.LookAt(Later);
        alarm.LookAt(Soon);
        alarm.LookAt(Later);
        Assert.True(alarm.TrySet(out var due));
        Assert.Equal(Soon, due);
    }

    [Fact]
    public void A_later_moment_sets_no_second_timer_while_an_earlier_one_is_set()
    {
        var alarm = new PodAlarm();
        alarm.LookAt(Soon);
        Assert.True(alarm.TrySet(out _));
        alarm.Clear();
        alarm.LookAt(Later);
        Assert.False(alarm.TrySet(out _));
        Assert.True(alarm.Rings((ulong)Soon.Ticks));
        Assert.True(alarm.TrySet(out var due));
        Assert.Equal(Later, due);
    }

    [Fact]
    public void A_timer_that_an_earlier_one_replaced_does_not_ring()
    {
        var alarm = new PodAlarm();
        alarm.LookAt(Later);
        Assert.True(alarm.TrySet(out _));
        alarm.LookAt(Soon);
        Assert.True(alarm.TrySet(out _));
        Assert.True(alarm.Rings((ulong)Soon.Ticks));
        Assert.False(alarm.Rings((ulong)Later.Ticks));
    }

    [Fact]
    public void A_look_that_finds_nothing_due_sets_no_timer()
    {
        var alarm = new PodAlarm();
        alarm.LookAt(Soon);
        alarm.Clear();
        Assert.False(alarm.TrySet(out _));
    }
}
