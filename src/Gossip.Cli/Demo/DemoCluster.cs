using Gossip.Cli.Client;
using Gossip.Node.Sealing;

namespace Gossip.Cli.Demo;

/// <summary>The demo's machines, one folder for all that they write, and the certainty that nothing of them stays.</summary>
sealed class DemoCluster : IAsyncDisposable
{
    readonly string folder;
    readonly List<NodeClient> clients = [];

    DemoCluster(string folder) => this.folder = folder;

    public List<DemoNode> Nodes { get; } = [];
    public IEnumerable<DemoNode> Survivors => Nodes.Where(node => !node.IsLost);

    /// <param name="firstPort">Of the nodes' gossip ports; 0 lets the system choose free ones.</param>
    public static async Task<DemoCluster> StartAsync(int size, int firstPort, int ssdNode)
    {
        DemoCluster? cluster = null;
        try
        {
            cluster = new DemoCluster(Directory.CreateTempSubdirectory("gossip-demo-").FullName);
            var keyFile = Path.Combine(cluster.folder, "key");
            OwnerOnly.Write(keyFile, Keyring.Generate().Reveal());
            var ports = firstPort == 0 ? FreePorts.Take(size) : [.. Enumerable.Range(firstPort, size)];
            for (var i = 0; i < size; i++)
                {
                    string[] label = i == ssdNode ? ["--label", "disk=ssd"] : [];
                    cluster.Nodes.Add(DemoNode.Start($"node-{i + 1}", cluster.folder, keyFile, ports[i], ports[0], label));
                }
            return cluster;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or System.ComponentModel.Win32Exception)
        {
            if (cluster is not null) await cluster.DisposeAsync();
            throw new CliFailure(
                $"the demo cannot start in {Path.GetTempPath()}: {fault.Message}. Free some space there, or set TMPDIR to another folder");
        }
    }

    public async Task<NodeClient> ClientOfAsync(DemoNode node)
    {
        var client = new NodeClient(await node.Ready, TimeSpan.FromSeconds(3));
        clients.Add(client);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in clients) client.Dispose();
        await Task.WhenAll(Nodes.Select(node => node.DisposeAsync().AsTask()));
        Directory.Delete(folder, recursive: true);
    }
}
