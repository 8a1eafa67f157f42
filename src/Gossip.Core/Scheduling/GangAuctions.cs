using Gossip.Core.Tables;
using Gossip.Core.Turns;

namespace Gossip.Core.Scheduling;

/// <summary>
/// The gangs that this node knows auctions of. One gathers at a time, so that two gangs of one auctioneer never wait for each other.
/// </summary>
sealed class GangAuctions(AuctionContext context, AuctionQueue queue, RoundCaller caller, OpenRounds rounds, Awards awards)
{
    readonly List<GangAuction> gangs = []; // in order of their points
    GangAuction? gathering;

    public bool IsOneGathering => gathering is not null;

    /// <summary>The auctions of a slot's gang; null for a pod on its own.</summary>
    public GangAuction? Of(Slot slot)
    {
        if (slot.Gang is not { } named) return null;
        if (gangs.Find(known => known.Gang == named) is { } gang) return gang;
        gang = new GangAuction(named, this, context, queue, caller, rounds, awards);
        var at = gangs.FindIndex(known => known.Gang.Point > named.Point);
        gangs.Insert(at < 0 ? gangs.Count : at, gang);
        return gang;
    }

    public void Remove(Auction auction)
    {
        if (auction.Gang is not { } gang) return;
        gang.Remove(auction);
        if (!gang.IsEmpty) return;
        gangs.Remove(gang);
        EndGathering(gang);
    }

    public void BeginGathering(GangAuction gang) => gathering = gang;

    public void EndGathering(GangAuction gang)
    {
        if (gathering == gang) gathering = null;
    }

    /// <summary>Looks at each gang, those of greater priority first; of equal ones, the first by point.</summary>
    public void Tick(Turn turn)
    {
        foreach (var gang in gangs.OrderByDescending(gang => gang.Priority()).ToArray()) gang.Tick(queue.AnyMoved, turn);
    }
}
