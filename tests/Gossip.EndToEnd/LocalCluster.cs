using System.Net;
using System.Net.Sockets;
using Gossip.Cli.Demo;
using Gossip.Runtimes.Processes;

namespace Gossip.EndToEnd;

/// <summary>
/// A few real nodes on loopback that know one key, and one folder for all that they write. Disposing it ends every
/// process, hands what the nodes said to the test's output (shown when the test fails), and leaves no file.
/// </summary>
public sealed class LocalCluster : IAsyncDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(1); // a bound for what never comes, not a measure
    static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("gossip-e2e-");
    readonly List<NodeProcess> everStarted = [];
    readonly NodeProcess[] nodes;

    LocalCluster(int size) => nodes = new NodeProcess[size];

    public IReadOnlyList<NodeProcess> Nodes => nodes;
    public NodeProcess this[int index] => nodes[index];

    /// <summary>A place for the test's own files, which goes with the cluster.</summary>
    public string Folder => folder.FullName;

    /// <param name="more">Further arguments of the node with this index.</param>
    public static async Task<LocalCluster> StartAsync(int size, Func<int, IReadOnlyList<string>>? more = null)
    {
        var cluster = new LocalCluster(size);
        try
        {
            await cluster.StartNodesAsync(more ?? (_ => []));
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a killed node again, on its own data folder and port.</summary>
    public async Task RestartAsync(int index)
    {
        everStarted.Add(nodes[index] = NodeProcess.Launch(nodes[index].Setup));
        await nodes[index].UntilReadyAsync();
    }

    /// <summary>Looks until it holds. What is looked at is another process: nothing here could be awaited instead.</summary>
    /// <param name="what">A sentence that completes "never came true: …".</param>
    public static async Task UntilAsync(string what, Func<Task<bool>> holds)
    {
        using var patience = new CancellationTokenSource(Patience);
        Exception? last = null;
        while (true)
        {
            try
            {
                if (await holds()) return;
                last = null;
            }
            catch (HttpRequestException failed)
            {
                last = failed; // a node that is busy, or just gone
            }
            if (patience.IsCancellationRequested) throw new TimeoutException($"never came true: {what}", last);
            await Task.Delay(Look);
        }
    }

    async Task StartNodesAsync(Func<int, IReadOnlyList<string>> more)
    {
        var key = await GossipProgram.RunAsync("keygen");
        Assert.True(key.ExitCode == 0, key.Error);
        var keyFile = Path.Combine(Folder, "key");
        await File.WriteAllTextAsync(keyFile, key.Output);
        var ports = FreePorts.Take(nodes.Length);
        for (var i = 0; i < nodes.Length; i++)
        {
            var setup = new NodeSetup($"node-{i + 1}", Path.Combine(Folder, $"node-{i + 1}"), keyFile, ports[i], ports[0], more(i));
            Directory.CreateDirectory(setup.Data);
            everStarted.Add(nodes[i] = NodeProcess.Launch(setup));
        }
        await Task.WhenAll(nodes.Select(node => node.UntilReadyAsync()));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in everStarted)
            await node.DisposeAsync();
        await ProcessRuntime.EndAllAsync(Folder);
        folder.Delete(recursive: true);
    }
}
