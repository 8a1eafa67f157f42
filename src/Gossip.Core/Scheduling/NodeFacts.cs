using System.Collections.Immutable;
using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Core.Tables.Topology;
using Gossip.Core.Templates;

namespace Gossip.Core.Scheduling;

/// <summary>
/// A node as placement sees it: exactly, when the node itself looks into its books, or by hearsay, when an auctioneer
/// looks for candidates worth asking. A struct that filters read by reference, so that looking at a node costs nothing.
/// </summary>
/// <param name="Taken">Host ports in use; null by hearsay, which does not carry them.</param>
/// <param name="OfWorkload">How many pods of the same workload it has; 0 by hearsay.</param>
public readonly record struct NodeFacts(
    string Name,
    Labels Labels,
    ImmutableArray<Taint> Taints,
    bool Unschedulable,
    ImmutableArray<string> Runtimes,
    Resources Allocatable,
    Resources Free,
    string Unready,
    HashSet<HostPort>? Taken,
    int OfWorkload)
{
    /// <summary>What pods usually ask for; null where nobody counts.</summary>
    public TypicalPods? Typical { get; init; }

    /// <summary>What its engines have; null by hearsay, which does not tell.</summary>
    public NodeImages? Images { get; init; }

    /// <summary>As in <see cref="Membership.Capacity.LostRuntimes"/>.</summary>
    public string? LostRuntimes { get; init; }

    /// <summary>What the pod that is to be placed has to do with others.</summary>
    public Surroundings Around { get; init; }
}
