namespace Gossip.Core.Turns;

/// <summary>What a node can be woken for.</summary>
enum NodeTimerKind : byte
{
    // Membership
    ProbePeriod, ProbeTimeout, SuspicionEnds, RefusalEnds, GossipTick, JoinRetry, DeadRetry,
    // Replication
    DigestTick, SessionEnds, RowGossipTick,
    // Scheduling
    AuctionRound, AuctionWindow, AwardDeadline, BidExpires, CapacityDue,
    // Pods
    PodDue, PodDeadline, PodTick,
    // Disruption
    EvictionDue, RebalanceDue,
    // Singletons
    VoteDue,
    /// <summary>To see whether pods that spread first are even.</summary>
    SpreadDue,
}

/// <summary>
/// A wake-up with what it was set for. Timers are never cancelled: the one who set it compares
/// <see cref="Epoch"/> with its present state and ignores a stale one. A struct, so that a period costs nothing.
/// </summary>
/// <param name="Subject">Whom it is about: a node id, a hash of a pod, an auction number; 0 for the node itself.</param>
/// <param name="Epoch">The state it was set for: a sequence number that moves when the wait is over.</param>
readonly record struct NodeTimer(NodeTimerKind Kind, ulong Subject = 0, ulong Epoch = 0);
