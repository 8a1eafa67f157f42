using Gossip.Runtimes.Processes.Kernel;

namespace Gossip.Runtimes.Processes.Tests;

public sealed class ProcessStatTests
{
    const string Rest = "1 42 42 0 -1 4194304 100 0 0 0 1 20 300 4000 20 0 1 0 5555 2600000 200 18446744073709551615 0 0";

    [Theory]
    [InlineData("sh")]
    [InlineData("a b")]
    [InlineData(") Z 9 9 (")]
    [InlineData("")]
    public void The_name_of_a_process_may_hold_any_sign(string name) =>
        Assert.Equal(new ProcessStat(43, 'S', 42, 4321, 5555), ProcessStat.Parse($"43 ({name}) S {Rest}"));

    [Fact]
    public void A_zombie_is_dead()
    {
        Assert.False(ProcessStat.Parse($"43 (sh) Z {Rest}")!.Value.IsAlive);
        Assert.True(ProcessStat.Parse($"43 (sh) D {Rest}")!.Value.IsAlive);
    }

    [Fact]
    public void A_line_that_was_cut_is_no_process()
    {
        const string line = $"43 (sh) S {Rest}";
        for (var length = 0; length < line.IndexOf("5555", StringComparison.Ordinal); length++)
            Assert.Null(ProcessStat.Parse(line.AsSpan(0, length)));
    }

    [Fact]
    public void This_process_is_found_alive() =>
        Assert.True(ProcessTable.Find(Environment.ProcessId) is { IsAlive: true } self && self.Pid == Environment.ProcessId);
}
