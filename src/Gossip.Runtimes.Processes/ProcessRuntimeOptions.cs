using System.Collections.Immutable;
using Gossip.Core.Primitives;
using Gossip.Runtimes.Processes.Logs;

namespace Gossip.Runtimes.Processes;

/// <summary>What stands between process pods, and between them and their machine.</summary>
public enum ProcessIsolation : byte
{
    /// <summary><see cref="Namespaces"/> where the node can, else <see cref="None"/>.</summary>
    Auto,
    /// <summary>Nothing: they are plain processes of the node's user.</summary>
    None,
    /// <summary>Linux namespaces and control groups; needs root.</summary>
    Namespaces,
}

/// <summary>How a node runs process pods.</summary>
/// <param name="Folder">Where pods are kept, one folder each; with the same folder, the next life of the node adopts them.</param>
/// <param name="Node">Decides from which part of a range the pods have their addresses.</param>
/// <param name="Note">Takes what a person watching the node would want to read.</param>
/// <param name="LogLimit">Bytes of a container's log that are kept, at most and about.</param>
public sealed record ProcessRuntimeOptions(
    string Folder, NodeId Node, Action<NodeNote>? Note = null, long LogLimit = ContainerLog.DefaultLimit)
{
    /// <summary>How far pods are isolated from the machine and from each other.</summary>
    public ProcessIsolation Isolation { get; init; }

    /// <summary>The machine's address, for pods that ask for its network.</summary>
    public string HostAddress { get; init; } = "127.0.0.1";

    /// <summary>Files and folders that isolated pods do not see, beside <see cref="Folder"/>: the node's data, its key.</summary>
    public ImmutableArray<string> Hidden { get; init; } = [];
}
