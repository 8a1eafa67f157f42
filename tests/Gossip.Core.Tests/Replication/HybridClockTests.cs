using FsCheck.Xunit;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;

namespace Gossip.Core.Tests.Replication;

public sealed class HybridClockTests
{
    [Property]
    public void Every_tick_is_later_than_all_before_whatever_the_wall_does(ulong seed)
    {
        var random = new RandomStream(seed);
        var clock = new HybridClock();
        var last = Stamp.Zero;
        for (var i = 0; i < 50; i++)
        {
            var wall = new WallTime(1_800_000_000_000 + random.Below(2000) - 1000);
            if (random.Chance(0.3)) clock.Observe(Stamp.At(new WallTime(1_800_000_000_000 + random.Below(4000))), wall);
            var next = clock.Tick(wall);
            Assert.True(next.CompareTo(last) > 0);
            last = next;
        }
    }

    [Fact]
    public void A_stamp_just_ahead_is_followed_and_one_far_ahead_is_only_counted()
    {
        var clock = new HybridClock();
        var wall = new WallTime(1_800_000_000_000);
        var near = Stamp.At(new WallTime(wall.UnixMilliseconds + 500));
        clock.Observe(near, wall);
        Assert.True(clock.Tick(wall).CompareTo(near) > 0);
        var far = Stamp.At(new WallTime(wall.UnixMilliseconds + 600));
        clock.Observe(far, wall);
        Assert.True(clock.Tick(wall).CompareTo(far) < 0);
        Assert.Equal(1, clock.FarAhead);
    }
}
