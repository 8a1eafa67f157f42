using Docker.DotNet.Models;
using Gossip.Runtimes.Docker;
using Gossip.Tests.Engines;

namespace Gossip.EndToEnd;

/// <summary>Real nodes, each with a Docker Engine of its own on this machine.</summary>
public sealed class EngineCluster : IAsyncDisposable
{
    readonly DockerEngine[] engines;

    EngineCluster(DockerEngine[] engines, LocalCluster nodes) => (this.engines, Nodes) = (engines, nodes);

    public LocalCluster Nodes { get; }
    public DockerEngine Engine(int node) => engines[node];

    /// <param name="prepare">Puts on each engine the images that the test needs.</param>
    public static async Task<EngineCluster> StartAsync(int size, Func<DockerEngine, Task> prepare)
    {
        var engines = Enumerable.Range(0, size).Select(_ => new DockerEngine()).ToArray();
        try
        {
            foreach (var engine in engines)
            {
                await engine.StartAsync();
                await prepare(engine);
            }
            return new EngineCluster(engines, await LocalCluster.StartAsync(size, node => ["--docker", engines[node].Endpoint.ToString()]));
        }
        catch
        {
            foreach (var engine in engines) await engine.DisposeAsync();
            throw;
        }
    }

    /// <summary>Names of what really runs on an engine, the pause containers left out.</summary>
    public async Task<List<string>> RunningAsync(int node) =>
        [.. (await engines[node].Client.Containers.ListContainersAsync(new ContainersListParameters())).Where(IsOfAPod).Select(container => container.ID)];

    static bool IsOfAPod(ContainerListResponse container) => ContainerLabels.Label(container, ContainerLabels.ContainerLabel).Length > 0;

    public async ValueTask DisposeAsync()
    {
        await Nodes.DisposeAsync();
        foreach (var engine in engines) await engine.DisposeAsync();
    }
}
