using Gossip.Core.Disk;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Turns;

namespace Gossip.Core.Tests.Disk;

public sealed class DiskHealthTests
{
    readonly DiskHealth health = new();
    ulong written, confirmed;
    Instant now;

    void After(double seconds)
    {
        for (; seconds > 0.2; seconds -= 0.2) Look(0.2); // as gossip has a node do
        Look(seconds);
    }

    void Look(double after)
    {
        now += TimeSpan.FromSeconds(after);
        health.Look(new LogPosition(written), new LogPosition(confirmed), now);
    }

    /// <summary>A write that takes so long.</summary>
    void Write(double seconds)
    {
        written++;
        After(0);
        After(seconds);
        confirmed = written;
        After(0);
    }

    /// <summary>As a process that was stopped finds, when it goes on: the log had confirmed the write long ago.</summary>
    [Fact]
    public void A_pause_of_the_process_is_not_the_disks_fault()
    {
        written++;
        After(0.1);
        Look(30);
        Assert.Equal(DiskState.Healthy, health.State);
        confirmed = written;
        After(0.1);
        Assert.Equal(DiskState.Healthy, health.State);
    }

    [Fact]
    public void A_disk_that_answers_is_healthy_however_much_is_written()
    {
        for (var i = 0; i < 1000; i++) Write(0.9);
        Assert.Equal((DiskState.Healthy, ""), (health.State, health.Why));
    }

    [Fact]
    public void A_write_that_hangs_is_seen_before_it_is_done()
    {
        written++;
        After(0);
        After(1.3);
        Assert.Equal((DiskState.Slow, true), (health.State, health.IsHanging));
        Assert.Equal("the disk is slow: a write took 1.3 s and is not done", health.Why);
        confirmed = written;
        After(2);
        Assert.Equal((DiskState.Slow, false), (health.State, health.IsHanging));
    }

    [Fact]
    public void It_is_well_after_two_quick_writes_in_a_row_and_not_after_one()
    {
        Write(2);
        Write(0.1);
        Assert.Equal(DiskState.Slow, health.State);
        Write(0.7); // neither slow nor quick
        Write(0.1);
        Assert.Equal(DiskState.Slow, health.State);
        Write(0.1);
        Assert.Equal(DiskState.Healthy, health.State);
    }

    [Fact]
    public void Who_is_slow_and_has_nothing_to_write_is_tried()
    {
        Write(2);
        Assert.False(health.WantsTry(now));
        After(6);
        Assert.True(health.WantsTry(now));
        Write(0.01);
        Assert.False(health.WantsTry(now));
    }

    [Fact]
    public void A_disk_that_has_room_again_is_healthy_and_one_that_failed_never_is()
    {
        health.Take(new DiskReport(DiskState.Full, "no space left"));
        Assert.Equal(DiskState.Full, health.State);
        health.Take(new DiskReport(DiskState.Healthy, ""));
        Assert.Equal(DiskState.Healthy, health.State);
        health.Take(new DiskReport(DiskState.Failing, "fsync: Input/output error"));
        health.Take(new DiskReport(DiskState.Healthy, ""));
        Assert.Equal((DiskState.Failing, "the disk fails: fsync: Input/output error"), (health.State, health.Why));
    }
}
