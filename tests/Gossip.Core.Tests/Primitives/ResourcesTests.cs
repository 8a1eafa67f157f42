using FsCheck.Xunit;
using Gossip.Core.Primitives;

namespace Gossip.Core.Tests.Primitives;

public class ResourcesTests
{
    static Resources Some(int cpu, int memory, byte pods, byte gpus, byte tapes) => new(
        new MilliCpu(cpu), new Bytes(memory), default, pods,
        [new ExtendedResource("example.com/gpu", gpus), new ExtendedResource("example.com/tape", tapes)]);

    [Property]
    public bool What_is_added_can_be_taken_away(int cpu, int memory, byte pods, byte gpus, byte tapes)
    {
        var some = Some(cpu, memory, pods, gpus, tapes);
        var other = Some(memory, cpu, gpus, tapes, pods);
        return some + other - other == some && some + other == other + some;
    }

    [Fact]
    public void An_extended_resource_that_is_not_there_is_missing_after_a_debit()
    {
        var left = Resources.Zero - new Resources(default, default, default, 0, [new ExtendedResource("example.com/fpga", 1)]);
        Assert.Equal(-1, left.CountOf("example.com/fpga"));
        Assert.False(left.IsWhole);
    }
}
