using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Gossip.Cli.Demo;

namespace Gossip.EndToEnd;

/// <summary>All nodes lose power at once, in the middle of writes, again and again: nothing that was acknowledged is lost.</summary>
public sealed class PowerCutTests : IDisposable
{
    /// <summary>How many rounds; a few by default, 20 by <c>GOSSIP_POWER_CUTS=20</c>.</summary>
    static readonly int Rounds = int.Parse(Environment.GetEnvironmentVariable("GOSSIP_POWER_CUTS") ?? "3", CultureInfo.InvariantCulture);

    /// <summary>A cut comes after at least so many more acknowledged writes: 20 rounds have 2,000.</summary>
    const int LeastEach = 100;

    const int Nodes = 3, WritersEach = 4;

    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("gossip-cut-");
    readonly ConcurrentDictionary<string, bool> acknowledged = [];

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Nothing_acknowledged_is_lost()
    {
        using var disk = SmallDisk.TryMake(folder.FullName);
        Assert.SkipWhen(disk is null, "nothing can be mounted here");
        var key = Path.Combine(folder.FullName, "key");
        await File.WriteAllTextAsync(key, (await GossipProgram.RunAsync("keygen")).Output);
        var ports = FreePorts.Take(Nodes);
        var random = new Random(5);
        for (var round = 0; round < Rounds; round++)
        {
            var nodes = await StartAsync(disk, key, ports);
            try
            {
                var clock = Stopwatch.StartNew();
                await ExpectAllAsync(nodes);
                TestContext.Current.TestOutputHelper?.WriteLine(
                    $"round {round}: {acknowledged.Count} writes are on all nodes {clock.ElapsedMilliseconds} ms after their start");
                disk.Become(await CutAsync(nodes, disk, round, acknowledged.Count + LeastEach + random.Next(LeastEach)));
            }
            finally
            {
                foreach (var node in nodes) await node.DisposeAsync();
            }
        }
        var last = await StartAsync(disk, key, ports);
        await ExpectAllAsync(last);
        foreach (var node in last) await node.DisposeAsync();
        Assert.True(acknowledged.Count >= Rounds * LeastEach, $"only {acknowledged.Count} writes were acknowledged");
    }

    static async Task<NodeProcess[]> StartAsync(SmallDisk disk, string key, int[] ports)
    {
        var nodes = Enumerable.Range(0, Nodes).Select(i => NodeProcess.Launch(
            new NodeSetup($"node-{i}", Path.Combine(disk.Path, $"node-{i}"), key, ports[i], ports[0], []))).ToArray();
        foreach (var node in nodes) await node.UntilReadyAsync();
        return nodes;
    }

    async Task ExpectAllAsync(NodeProcess[] nodes)
    {
        foreach (var node in nodes)
        {
            HashSet<string> missing = [];
            try
            {
                await LocalCluster.UntilAsync("every acknowledged write is there", async () =>
                {
                    missing = [.. acknowledged.Keys];
                    missing.ExceptWith(await ConfigMaps.NamesAsync(node));
                    return missing.Count == 0;
                });
            }
            catch (TimeoutException)
            {
                Assert.Fail($"{node.Name} lost {missing.Count} of {acknowledged.Count}, such as {missing.First()}");
            }
        }
    }

    /// <summary>Writes to all nodes until so many writes are acknowledged, then has the power go; what is left of the disk.</summary>
    async Task<byte[]> CutAsync(NodeProcess[] nodes, SmallDisk disk, int round, int after)
    {
        using var end = new CancellationTokenSource();
        var writers = nodes.SelectMany(node => Enumerable.Range(0, WritersEach).Select(async writer =>
        {
            for (var i = 0; !end.IsCancellationRequested; i++)
            {
                var name = $"map-{round}-{node.Name}-{writer}-{i}";
                if (await ConfigMaps.IsAcknowledgedAsync(node, name)) acknowledged[name] = true;
                else return;
            }
        })).ToArray();
        await LocalCluster.UntilAsync($"{after} writes are acknowledged", () => Task.FromResult(acknowledged.Count >= after));
        var cut = disk.Cut(nodes.Select(node => node.ProcessId));
        await end.CancelAsync();
        foreach (var node in nodes) await node.KillAsync();
        await Task.WhenAll(writers);
        return cut;
    }
}
