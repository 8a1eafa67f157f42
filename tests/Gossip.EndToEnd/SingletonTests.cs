using System.Text.Json.Nodes;

namespace Gossip.EndToEnd;

/// <summary>A pod that must never run twice: not even while its node's process is dead and what it started goes on.</summary>
public sealed class SingletonTests
{
    [Fact]
    public async Task It_waits_for_voters_and_is_replaced_only_once_what_was_left_behind_is_dead()
    {
        await using var cluster = await LocalCluster.StartAsync(3);
        var server = cluster[0].Api.BaseAddress!.ToString();
        var applied = await GossipProgram.RunAsync("apply", "-f", Examples.Path("singleton.yaml"), "--server", server);
        Assert.True(applied.ExitCode == 0, applied.Error);
        await LocalCluster.UntilAsync("it says that it waits for voters", async () =>
            (await PodsAsync(cluster[0])) is [var pod] && pod!.ToJsonString().Contains("gossip voters", StringComparison.Ordinal));
        Assert.Equal(0, PodRecords.Count(cluster));

        var named = await GossipProgram.RunAsync("voters", "add", "node-1", "node-2", "node-3", "--server", server);
        Assert.True(named.ExitCode == 0, named.Error);
        Assert.Contains("2 of 3 grant a singleton", named.Output, StringComparison.Ordinal);
        await ListIsShownAndFaultsAreToldAsync(server);
        await LocalCluster.UntilAsync("it runs", () => Task.FromResult(PodRecords.Count(cluster) == 1));

        var had = Enumerable.Range(0, 3).Single(index => PodRecords.Of(cluster[index]).Count == 1);
        var process = ProcessOf(cluster[had]);
        await cluster[had].KillAsync(); // its pod is nobody's child now, and goes on
        Assert.True(IsAlive(process));
        var others = cluster.Nodes.Where((_, index) => index != had).ToList();
        await LocalCluster.UntilAsync("another node runs it", () =>
        {
            var replaced = others.Any(node => PodRecords.Of(node).Count == 1);
            Assert.False(replaced && IsAlive(process), "two copies at one instant");
            return Task.FromResult(replaced);
        });
    }

    static async Task ListIsShownAndFaultsAreToldAsync(string server)
    {
        var shown = await GossipProgram.RunAsync("voters", "--server", server);
        Assert.Contains("node-1 node-2 node-3", shown.Output, StringComparison.Ordinal);
        var unknown = await GossipProgram.RunAsync("voters", "add", "nobody", "--server", server);
        Assert.Equal((1, "gossip: there is no live node nobody"), (unknown.ExitCode, unknown.Error.TrimEnd()));
        var unnamed = await GossipProgram.RunAsync("voters", "add");
        Assert.Equal(2, unnamed.ExitCode);
        Assert.Contains("see 'gossip voters add --help'", unnamed.Error, StringComparison.Ordinal);
    }

    /// <summary>The container's own shell, by its record: attempt, boot of the machine, and a line of /proc that begins with its pid.</summary>
    static int ProcessOf(NodeProcess node) =>
        int.Parse(PodRecords.Of(node).Single().Split('\n')[2].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);

    static bool IsAlive(int process) => File.Exists($"/proc/{process}/cmdline") && File.ReadAllText($"/proc/{process}/cmdline").Length > 0;

    static async Task<JsonArray> PodsAsync(NodeProcess node) => (await node.GetAsync("api/v1/namespaces/default/pods"))["items"]!.AsArray();
}
