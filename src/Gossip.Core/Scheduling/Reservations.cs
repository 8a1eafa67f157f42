using Gossip.Core.Membership;
using Gossip.Core.Scheduling.Filters;
using Gossip.Core.Turns;

namespace Gossip.Core.Scheduling;

/// <summary>The bids in the books while they live: made, held on to, let go of, and ended by the node's own clock.</summary>
sealed class Reservations(NodeConfig config, OwnRoom room, OwnNode node)
{
    readonly Books books = room.Books;
    readonly CapacityAnnouncer capacity = room.Capacity;
    bool isDue;

    public void Add(Claim bid, Turn turn)
    {
        books.Reserve(bid);
        WakeAtExpiry(turn);
        capacity.Changed(turn);
    }

    /// <summary>
    /// The auctioneer of a gang asks again for a bid that it holds. It gets another validity when nothing is against it by now. The bid
    /// stands, so there is nothing to answer, and no capacity changed. False: a new bid is needed.
    /// </summary>
    public bool TryExtend(Claim bid, Turn turn)
    {
        if (!bid.HoldsRoom) return false;
        books.Remove(bid.Run);
        if (!Filtering.Passes(bid.Template, node.Facts(bid.Run.Pod)))
        {
            capacity.Changed(turn); // a pod that was admitted behind its victims may have left less than no room
            return false;
        }
        books.Reserve(bid.Until(turn.Monotonic + config.Timings.BidValidity));
        WakeAtExpiry(turn);
        return true;
    }

    /// <summary>Lets go of every bid whose time is over.</summary>
    public void Expire(Turn turn)
    {
        if (books.Expire(turn.Monotonic)) capacity.Changed(turn);
    }

    /// <summary>The timer BidExpires.</summary>
    public void OnDue(Turn turn)
    {
        isDue = false;
        Expire(turn);
        WakeAtExpiry(turn);
    }

    void WakeAtExpiry(Turn turn)
    {
        if (isDue || books.NextExpiry is not { } end || end <= turn.Monotonic) return;
        isDue = true;
        turn.Wake(new NodeTimer(NodeTimerKind.BidExpires), end - turn.Monotonic);
    }
}
