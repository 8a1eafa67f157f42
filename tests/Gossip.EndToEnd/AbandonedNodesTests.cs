using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Gossip.Cli.Demo;

namespace Gossip.EndToEnd;

/// <summary>
/// Nodes without <c>--data</c> that are killed: what they ran goes on, in a folder that nobody will ever start on. The next node that
/// starts, of any name, ends it and removes it.
/// </summary>
public sealed class AbandonedNodesTests : IAsyncLifetime
{
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("gossip-e2e-");
    readonly List<NodeProcess> started = [];

    string Temporary => Path.Combine(folder.FullName, "tmp");

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Temporary);
        var key = await GossipProgram.RunAsync("keygen");
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "key"), key.Output);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in started)
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"--- {node.Name} (process {node.ProcessId}) ---\n{node.Said()}");
            await node.DisposeAsync();
        }
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("auto", "node-2")] // in namespaces, where this machine can
    [InlineData("none", "node-2")]
    [InlineData("auto", "node-1")] // the same name again: its pods' addresses would be the dead one's
    public async Task A_killed_node_s_pods_are_ended_by_the_next_that_starts_and_a_living_node_s_are_not(string isolation, string next)
    {
        var dead = await StartAsync("node-1", isolation);
        await ApplyAsync(dead, "left", 3);
        var left = Pods();
        Assert.Equal(3, left.Count);
        var living = await StartAsync("living", isolation);
        await ApplyAsync(living, "stays", 1);
        var stays = Assert.Single(Pods().Except(left));

        await dead.KillAsync();
        Assert.All(left, pid => Assert.True(IsAlive(pid), $"{pid} ended with its node")); // or there is nothing to end

        var successor = await StartAsync(next, isolation);
        Assert.All(left, pid => Assert.False(IsAlive(pid), $"{pid} runs on"));
        Assert.True(IsAlive(stays));
        Assert.Equal([stays], Pods());
        Assert.Equal(2, Folders().Length);
        Assert.Contains("AbandonedNodeEnded node-1: it was killed; ended its 3 pods", successor.Said(), StringComparison.Ordinal);

        await successor.StopAsync();
        await living.StopAsync();
        Assert.Empty(Folders());
    }

    /// <summary>Alone in its cluster, so that nothing is placed again elsewhere, and every pod is its own.</summary>
    async Task<NodeProcess> StartAsync(string name, string isolation)
    {
        var port = FreePorts.Take();
        var setup = new NodeSetup(name, Temporary, Path.Combine(folder.FullName, "key"), port, port, ["--process-isolation", isolation])
        {
            IsTemporary = true,
        };
        var node = NodeProcess.Launch(setup);
        started.Add(node);
        await node.UntilReadyAsync();
        return node;
    }

    async Task ApplyAsync(NodeProcess node, string name, int copies)
    {
        var manifest = Path.Combine(folder.FullName, $"{name}.yaml");
        await File.WriteAllTextAsync(manifest, $$"""
            apiVersion: apps/v1
            kind: Deployment
            metadata: { name: {{name}} }
            spec:
              replicas: {{copies}}
              selector: { matchLabels: { app: {{name}} } }
              template:
                metadata: { labels: { app: {{name}} } }
                spec:
                  runtimeClassName: process
                  terminationGracePeriodSeconds: 1
                  containers:
                  - { name: main, command: [sleep, "3600"] }
            """);
        var applied = await GossipProgram.RunAsync("apply", "-f", manifest, "--server", node.Api.BaseAddress!.ToString());
        Assert.True(applied.ExitCode == 0, applied.Error);
        await LocalCluster.UntilAsync($"{copies} of {name} run", async () =>
            (await node.GetAsync("api/v1/namespaces/default/pods"))["items"]!.AsArray()
                .Count(pod => pod!["status"]!["phase"]!.GetValue<string>() == "Running") == copies);
    }

    string[] Folders() => Directory.EnumerateDirectories(Temporary).SelectMany(Directory.EnumerateDirectories).ToArray();

    /// <summary>The first processes of all containers of all nodes: the shell's record of itself is a line of /proc/PID/stat.</summary>
    IReadOnlyList<int> Pods() => [.. Directory.EnumerateFiles(Temporary, "pid", SearchOption.AllDirectories)
        .Select(file => File.ReadLines(file).Select(FirstNumber).First(pid => pid > 0)).Order()];

    static int FirstNumber(string line) => line.Contains('(', StringComparison.Ordinal)
        && int.TryParse(line.Split(' ')[0], CultureInfo.InvariantCulture, out var pid) ? pid : 0;

    /// <summary>Ended but not yet reaped is ended.</summary>
    static bool IsAlive(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/stat").Split(") ")[^1][0] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }
}
