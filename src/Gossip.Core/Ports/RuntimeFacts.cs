using System.Collections.Immutable;
using Gossip.Core.Primitives;

namespace Gossip.Core.Ports;

/// <summary>What a node tells the factory of a pod runtime about itself.</summary>
/// <param name="Folder">The node's data folder. A runtime keeps to a folder of its own in it.</param>
/// <param name="Node">The node's id: several nodes may share a machine or a container engine.</param>
/// <param name="Address">Where other nodes reach this one; also the address of pods that ask for the machine's network.</param>
/// <param name="Hidden">Files and folders of the machine that pods must not see: the data folder, and what the node's options name.</param>
/// <param name="Note">Takes lines for the node's log, from any thread.</param>
public sealed record RuntimeFacts(
    string Folder, NodeId Node, NodeAddress Address, ImmutableArray<string> Hidden, Action<NodeNote> Note);
