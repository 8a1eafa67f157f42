using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Core.Templates;

namespace Gossip.Core.Scheduling;

/// <summary>
/// One pod in this node's books: held for an auctioneer until it expires, or admitted until its runtime says that it is gone.
/// </summary>
sealed class Claim
{
    public required PodRun Run { get; init; }
    public required PodTemplate Template { get; init; }

    /// <summary>Which round it was bid in, and who called that. Of an adopted pod: 0 and nobody.</summary>
    public ulong Auction { get; init; }
    public NodeId Auctioneer { get; init; }

    /// <summary>Which devices it has; null when it asked for none, or runs although there was no room.</summary>
    public DeviceGrant? Devices { get; internal set; }

    /// <summary>On this node's own monotonic clock; means nothing once it is firm.</summary>
    public Instant Expires { get; init; }

    /// <summary>Admitted (or being written as such), or adopted: it does not expire.</summary>
    public bool IsFirm { get; internal set; }

    /// <summary>The admission is in the tables.</summary>
    public bool IsDurable { get; internal set; }

    /// <summary>
    /// Of a bid that others would have to make room for: what it promised to cost. It holds nothing, for there is nothing to hold
    /// while they are here; its award looks for victims again.
    /// </summary>
    public PreemptionCost? Evicts { get; init; }

    /// <summary>It is being ended, so its room is free before long.</summary>
    public bool IsLeaving { get; internal set; }

    /// <summary>Those whose room it was promised, as long as anything of them is left: until then it must not start.</summary>
    internal List<PodRun>? WaitsFor { get; set; }

    internal bool HoldsRoom => Evicts is null;

    /// <summary>The same reservation with another end.</summary>
    internal Claim Until(Instant expires) =>
        new() { Run = Run, Template = Template, Auction = Auction, Auctioneer = Auctioneer, Expires = expires };
}
