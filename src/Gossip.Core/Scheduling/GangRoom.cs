using Gossip.Core.Primitives;
using Gossip.Core.Scheduling.Filters;
using Gossip.Core.Tables;
using Gossip.Core.Templates;

namespace Gossip.Core.Scheduling;

/// <summary>Guesses from gossip whether a gang fits, so that its auctioneer does not try in vain.</summary>
static class GangRoom
{
    /// <summary>Whether, by hearsay and without rules between its own pods, there is room for so many of them.</summary>
    /// <param name="auctions">Of its pods that nobody holds.</param>
    public static bool MayFit(AuctionContext context, IEnumerable<Auction> auctions, int wanted)
    {
        var left = new Dictionary<ulong, (Slot Slot, int Count)>();
        foreach (var auction in auctions)
            if (context.Slots.Find(auction.Pod) is { } slot)
                left[slot.Template.Hash] = (slot, left.GetValueOrDefault(slot.Template.Hash).Count + 1);
        foreach (var member in context.Members.Live)
        {
            Resources? rest = null; // of this node, once some of the gang were thought to be there
            foreach (var template in left.Keys.ToArray())
            {
                var (slot, count) = left[template];
                var facts = context.Hearsay.Of(member, context.Placed.Around(slot));
                facts = facts with { Free = rest ?? facts.Free };
                while (count > 0 && Filtering.Passes(slot.Template, facts))
                {
                    facts = facts with { Free = After(facts.Free, slot.Template) };
                    count--;
                    if (--wanted <= 0) return true;
                    if (!slot.Template.HostPorts.IsDefaultOrEmpty) break; // one a node
                }
                left[template] = (slot, count);
                rest = facts.Free;
            }
        }
        return false;
    }

    static Resources After(in Resources free, PodTemplate pod) =>
        (free - pod.Requests) with { Devices = PlacementStrategy.LeftBy(pod, free.Devices) };
}
