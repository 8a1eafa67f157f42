using Gossip.Core.Model;

namespace Gossip.Core.Scheduling;

/// <summary>One pod in this node's books: held for an auctioneer until it expires, or admitted until its runtime says that it is gone.</summary>
public sealed class Claim
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
}
