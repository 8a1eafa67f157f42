using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Scheduling;

namespace Gossip.Core.Tests.Scheduling;

public class PressureGaugeTests
{
    static readonly ProcessRoom Many = new(9_000, 10_000);
    readonly PressureGauge gauge = new();

    bool Take(string runtime, long free, ProcessRoom? processes = null) =>
        gauge.Take(new MachineUsed(runtime, new RuntimeUse(new DiskRoom(new Bytes(free), new Bytes(1000)), []), processes ?? Many));

    [Fact]
    public void Pressure_begins_below_a_tenth_and_ends_at_half_as_much_again()
    {
        Assert.False(Take("process", 100));
        Assert.True(Take("process", 99));
        Assert.Equal(Pressures.Disk, gauge.Now);
        Assert.False(Take("process", 149));
        Assert.True(Take("process", 150));
        Assert.Equal((Pressures.None, ""), (gauge.Now, gauge.Why));
    }

    [Fact]
    public void Each_runtime_has_a_disk_of_its_own()
    {
        Take("process", 50);
        Assert.False(Take("docker", 900));
        Assert.Equal(Pressures.Disk, gauge.Now);
        Assert.Contains("process", gauge.Why);
    }

    [Fact]
    public void A_large_disk_is_low_below_a_gibibyte()
    {
        var size = new Bytes(1L << 40);
        Assert.True(new DiskRoom(new Bytes((1L << 30) - 1), size).IsLow);
        Assert.False(new DiskRoom(new Bytes(1L << 30), size).IsLow);
    }

    [Fact]
    public void Processes_are_short_below_a_tenth()
    {
        Assert.True(Take("process", 900, new ProcessRoom(999, 10_000)));
        Assert.Equal(Pressures.Processes, gauge.Now);
        Assert.False(Take("process", 900, new ProcessRoom(1_200, 10_000)));
        Assert.True(Take("process", 900, new ProcessRoom(1_500, 10_000)));
    }
}
