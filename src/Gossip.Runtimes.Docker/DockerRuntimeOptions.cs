using Gossip.Core.Primitives;
using Gossip.Core.Templates;

namespace Gossip.Runtimes.Docker;

/// <summary>How a node runs pods on a container engine.</summary>
/// <param name="Folder">Where pods and their volumes are kept, one folder each; the engine must see it under the same path.</param>
/// <param name="Node">Marks the containers that are this node's: several nodes may share one engine.</param>
/// <param name="Endpoint"><c>unix:///var/run/docker.sock</c>, <c>tcp://…</c></param>
/// <param name="HostAddress">The address of pods with the host's network.</param>
/// <param name="Note">Takes what a person watching the node would want to read.</param>
public sealed record DockerRuntimeOptions(string Folder, NodeId Node, Uri Endpoint, string HostAddress, Action<NodeNote>? Note = null)
{
    /// <summary><see cref="RuntimeNames.Docker"/>, or <see cref="RuntimeNames.Podman"/> for Podman's Docker-compatible socket.</summary>
    public string Name { get; init; } = RuntimeNames.Docker;

    /// <summary>Bytes a container's log may have before the engine begins a new one; two are kept.</summary>
    public long LogLimit { get; init; } = 10 << 20; // Kubernetes' containerLogMaxSize

    /// <summary>How often what the engine says is compared with what we believe, beside its events.</summary>
    public TimeSpan ResyncInterval { get; init; } = TimeSpan.FromSeconds(15);
}
