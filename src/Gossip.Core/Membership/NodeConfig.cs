using System.Collections.Immutable;
using Gossip.Core.Primitives;

namespace Gossip.Core.Membership;

/// <summary>What a node is told once, before it starts.</summary>
/// <param name="Seeds">Where to find others; its own address among them is skipped.</param>
/// <param name="Seed">Of all that is random in this node. The driver takes it from the system; the simulator from the scenario.</param>
/// <param name="BootAtLeast">Seconds since 1970 when the node started: boots grow even for a node that lost its disk.</param>
sealed record NodeConfig(
    NodeCard Card, ImmutableArray<NodeAddress> Seeds, NodeTimings Timings, ulong Seed, ulong BootAtLeast)
{
    /// <summary>
    /// The operator takes the loss: a node whose store is damaged waits for no peer that has the rest, and starts where it knows of none.
    /// </summary>
    public bool AcceptsLoss { get; init; }

    /// <summary>Whom it knows from the start, in order of id, itself among them: large simulations of what comes after the join set it.</summary>
    internal ImmutableArray<Member> Acquainted { get; init; } = [];
}

/// <summary>
/// Every period and wait of the protocols. <see cref="Lan"/> follows memberlist's LAN defaults where they have one;
/// <see cref="Local"/> suits nodes that share a machine.
/// </summary>
public sealed record NodeTimings
{
    // Membership. Sources: Das, Gupta, Motivala, "SWIM", 2002; memberlist's defaults.
    /// <summary>How long a protocol period is: one member is probed in each.</summary>
    public TimeSpan ProbeInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a direct probe waits for its answer before others are asked to probe.</summary>
    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How many others are asked to probe a member that did not answer.</summary>
    public int IndirectProbes { get; init; } = 3;

    /// <summary>
    /// memberlist has 4 and replaces nothing. With 3, halved when others ask in vain too, and the grace below, what a lost
    /// machine of 1,000 had is elsewhere within 12 s.
    /// </summary>
    public double SuspicionFactor { get; init; } = 3;

    /// <summary>How often rumours are sent when no probe carries them.</summary>
    public TimeSpan GossipInterval { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>To how many members rumours go at a time.</summary>
    public int GossipFanout { get; init; } = 3;

    /// <summary>A rumour is told this number times log10(n + 1) times.</summary>
    public double TransmitFactor { get; init; } = 4;

    /// <summary>How long a node that reached no seed waits until it tries again.</summary>
    public TimeSpan JoinRetry { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long the record of a dead member is kept.</summary>
    public TimeSpan DeadRecord { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Between two tries at an address of the dead.</summary>
    public TimeSpan DeadRetry { get; init; } = TimeSpan.FromSeconds(30);

    // Replication
    /// <summary>How often digests of the rows are exchanged with one member.</summary>
    public TimeSpan DigestInterval { get; init; } = TimeSpan.FromSeconds(1);

    // Scheduling
    /// <summary>T: how long a bid holds its reservation, from sending, on the bidder's clock.</summary>
    public TimeSpan BidValidity { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long an auctioneer waits for the slowest of those it asked; at least three round trips.</summary>
    public TimeSpan AuctionWindow { get; init; } = TimeSpan.FromMilliseconds(120);

    /// <summary>How long the next on the ring waits for a silent auctioneer.</summary>
    public TimeSpan AuctioneerSilence { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a place of a gang's pod is kept, before it starts, for the others of the gang to get theirs.</summary>
    public TimeSpan GangPatience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The least wait between two rounds of a pod that found no place.</summary>
    public TimeSpan RoundBackoffLeast { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The greatest wait between two rounds of a pod that found no place.</summary>
    public TimeSpan RoundBackoffMost { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>From dead to replaced, unless the pod says otherwise.</summary>
    public TimeSpan LossGrace { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>Between two looks at whether a pod that allows it had better be elsewhere; at most one moves in each.</summary>
    public TimeSpan RebalancePeriod { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long the first in order may be unready before a ready copy may outrank it.</summary>
    public TimeSpan UnreadyBeforeOutranked { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a restarted node without peers waits before it trusts its own tables.</summary>
    public TimeSpan SyncWait { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>By then a node that came back has compared its tables with somebody's, and what it wrote since has come round: its rows are believed.</summary>
    public TimeSpan Comeback => SyncWait + 2 * DigestInterval;

    /// <summary>T: for how long a voter grants a singleton, and how long a restarted voter is silent. Clocks may differ by 1 % in speed.</summary>
    public TimeSpan LeaseTerm { get; init; } = TimeSpan.FromSeconds(15);

    // Pods: Kubernetes' crash back-off
    /// <summary>The first wait before a container that ended starts again.</summary>
    public TimeSpan RestartBackoffLeast { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The greatest wait before a container that ended starts again.</summary>
    public TimeSpan RestartBackoffMost { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A container that ran this long restarts without back-off.</summary>
    public TimeSpan RestartBackoffReset { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a service may be without a ready endpoint before those that depend on it end and wait.</summary>
    public TimeSpan DependencyLoss { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>One data centre.</summary>
    public static readonly NodeTimings Lan = new();

    /// <summary>One machine, or a rack: loss is found and repaired within about two seconds.</summary>
    public static readonly NodeTimings Local = new()
    {
        ProbeInterval = TimeSpan.FromMilliseconds(250),
        ProbeTimeout = TimeSpan.FromMilliseconds(100),
        GossipInterval = TimeSpan.FromMilliseconds(100),
        JoinRetry = TimeSpan.FromMilliseconds(250),
        LossGrace = TimeSpan.FromMilliseconds(500),
        GangPatience = TimeSpan.FromSeconds(5),
        LeaseTerm = TimeSpan.FromSeconds(8),
        RebalancePeriod = TimeSpan.FromSeconds(2),
    };
}
