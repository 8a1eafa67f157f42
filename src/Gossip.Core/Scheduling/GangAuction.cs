using Gossip.Core.Primitives;
using Gossip.Core.Tables;

namespace Gossip.Core.Scheduling;

enum GangStage : byte
{
    /// <summary>Between attempts.</summary>
    Waiting,
    /// <summary>Bids of its pods are gathered and held.</summary>
    Gathering,
    /// <summary>All that are needed stood; their awards are out.</summary>
    Committing,
}

/// <summary>What this node knows of the auctions of one gang, whether or not it is the one to call them.</summary>
sealed class GangAuction(Gang gang)
{
    public Gang Gang => gang;

    /// <summary>Of its pods that nobody holds, in order of id.</summary>
    public SortedDictionary<PodId, Auction> Auctions { get; } = [];

    public GangStage Stage { get; set; }

    /// <summary>In a row; each doubles the wait.</summary>
    public int FailedAttempts { get; set; }
    public Instant Began { get; set; }
    public Instant Ended { get; set; }
    public Instant NextAttempt { get; set; }

    /// <summary>Since when it could be called; null while it could not.</summary>
    public Instant? OpenSince { get; set; }

    /// <summary>When another auctioneer last gave a sign of life.</summary>
    public Instant LastSign { get; set; }

    /// <summary>Since when some of its pods have their places and wait for the rest.</summary>
    public Instant? PartlySince { get; set; }

    /// <summary>Of the present attempt, in the order in which they are called.</summary>
    public List<Auction> Called { get; } = [];

    /// <summary>A round of the attempt found nobody: perhaps for what the others reserved, so that from here on each is alone.</summary>
    public bool OneByOne { get; set; }

    /// <summary>Templates that no node takes (any more), and whose round said so last.</summary>
    public HashSet<ulong> Exhausted { get; } = []; // never enumerated
    public Auction? Failing { get; set; }

    /// <summary>By hearsay there was room for it when the last attempt began, so that hearing of room is no news.</summary>
    public bool LookedRoomy { get; set; }

    public int Count(AuctionStage stage)
    {
        var count = 0;
        foreach (var auction in Called)
            if (auction.Stage == stage) count++;
        return count;
    }
}
