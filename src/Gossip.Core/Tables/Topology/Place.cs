using Gossip.Core.Primitives;

namespace Gossip.Core.Tables.Topology;

/// <summary>One node that a slot's pod is on, or is about to be.</summary>
/// <param name="Leaves">It drains, or is not wanted any more: it still is beside its neighbours, but spreading looks past it.</param>
readonly record struct Place(NodeId Node, bool Leaves);

/// <summary>A live node as topology sees it.</summary>
sealed record PlacedNode(string Name, NodeSettings Settings);
