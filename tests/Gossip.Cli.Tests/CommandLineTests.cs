namespace Gossip.Cli.Tests;

/// <summary>How a wrong command line ends: in words, with exit code 2, and with nothing done.</summary>
public sealed class CommandLineTests
{
    [Theory]
    [InlineData("fly", "fly")]
    [InlineData("members --wings", "--wings")]
    [InlineData("members --server", "--server")]
    [InlineData("run --profile wan", "wan")]
    [InlineData("logs", "logs")]
    [InlineData("logs pod --tail many", "many")]
    [InlineData("logs pod --tail -1", "--tail -1: below zero")]
    [InlineData("logs pod --since soon", "--since 'soon' is no duration")]
    [InlineData("drain node --timeout soon", "--timeout 'soon' is no time")]
    [InlineData("cp pod .", "'pod' is not POD:PATH")]
    [InlineData("cp :/x .", "':/x' is not POD:PATH")]
    [InlineData("apply -f /no/such/file", "/no/such/file")]
    [InlineData("members --server nowhere", "--server 'nowhere' is no URL")]
    [InlineData("top -A -n shop", "not both")]
    [InlineData("demo --port 65533", "--port '65533' is not a port (0 to 65531)")]
    [InlineData("hello --port 65536", "--port '65536' is not a port")]
    [InlineData("sim --nodes 0", "--nodes 0: 1 to")]
    [InlineData("sim --pods -1", "--pods -1: 0 to")]
    [InlineData("sim --seeds 0", "--seeds 0: at least 1")]
    [InlineData("sim --seed 1 --seeds 2", "--seeds does nothing beside --seed")]
    public async Task What_cannot_be_done_is_refused(string line, string said)
    {
        var run = await VerbRun.RunAsync("http://127.0.0.1:1", line.Split(' '));
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(said, run.Error, StringComparison.Ordinal);
        Assert.All(run.Error.TrimEnd('\n').Split('\n'), each => Assert.Matches("^(gossip: |  )", each));
        Assert.Equal("", run.Output);
    }

    [Fact]
    public async Task What_is_quoted_in_a_refusal_steers_no_terminal()
    {
        var run = await VerbRun.RunAsync(null, "members", "--server", "http://\u001b[31m\nready");
        Assert.Contains("\\u001b[31m\\nready", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fresh_key_is_a_key_and_another_each_time()
    {
        var (first, second) = (await VerbRun.RunAsync(null, "keygen"), await VerbRun.RunAsync(null, "keygen"));
        Assert.True(Node.Sealing.Keyring.TryParse(first.Output.Trim(), out _, out var error), error);
        Assert.NotEqual(first.Output, second.Output);
    }
}
