namespace Gossip.Packages.Tests;

[Collection(nameof(WorkshopCollection))]
public sealed class ToolTests(Workshop workshop)
{
    [Fact]
    public async Task The_tool_installs_and_runs()
    {
        var tools = Path.Combine(workshop.Root, "tools");
        await workshop.DotnetAsync(workshop.Root, "tool", "install", "Gossip.Cli", "--tool-path", tools, "--version", workshop.Version);
        var gossip = Path.Combine(tools, "gossip");

        Assert.Contains("keygen", await Command.RunAsync(workshop.Root, [], gossip, "--help"), StringComparison.Ordinal);
        var key = await Command.RunAsync(workshop.Root, [], gossip, "keygen");
        Assert.Equal(32, Convert.FromBase64String(key.Trim()).Length);
    }
}
