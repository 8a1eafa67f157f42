using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Core.Turns;

namespace Gossip.Core.Scheduling;

/// <summary>Opens rounds: takes what is due, finds alike pods that can share a round, and asks the nodes that look best.</summary>
sealed class RoundCaller(AuctionContext context, AuctionQueue queue, OpenRounds rounds, Candidates candidates)
{
    /// <summary>
    /// Pods of a round: a quarter of a chunk, so that its four rounds have all of it; in a small cluster a quarter of the nodes, or a
    /// round would take them all.
    /// </summary>
    const int BatchMost = 16, NodesPerPod = 4;

    /// <summary>Each pod of a batch beyond the first has so many more nodes asked.</summary>
    const int AskedPerPod = 2;

    /// <summary>Calls what is due, as far as rounds are free.</summary>
    public void CallDue(Turn turn)
    {
        while (!rounds.AreFull && queue.TakeDue(turn) is (var auction, var slot)) Call(auction, slot, turn);
    }

    public void Call(Auction auction, Slot slot, Turn turn)
    {
        var round = rounds.Open(auction);
        round.SpreadsFirst = slot.Template.SpreadsFirst;
        if (auction.Gang is null) AddAlike(round, auction, turn.Now);
        foreach (var one in round.Auctions) context.Placed.ExpectNoMore(one.Pod);
        var live = context.Members.Live.Length;
        var width = Math.Min(Candidates.Width(live, auction.EmptyRounds) + AskedPerPod * (round.Auctions.Count - 1), live);
        var search = new Search(slot.Template, auction.Run, width)
        {
            Around = context.Placed.Around(slot),
            IsRepeated = auction.IsTogether || auction.FruitlessRounds > 0,
            IsBatch = round.Auctions.Count > 1,
            SpreadsFirst = round.SpreadsFirst,
        };
        var distrusted = context.Distrust.At(turn.Now);
        var someFit = candidates.Choose(search, round.Asked, round.PassedOver, distrusted);
        var hasAskedAll = !someFit || width >= live;
        var mayEvict = MayEvict(auction, slot, someFit, hasAskedAll: width >= live);
        if (mayEvict && !someFit) someFit = candidates.ChooseToEvict(slot, auction.Run, width, round.Asked, round.PassedOver, distrusted);
        round.Begin(someFit, hasAskedAll, mayEvict);
        foreach (var one in round.Auctions) Enter(one, round, turn.Now);
        var ask = new Ask(round.Number, round.Lead, round.MayEvict);
        foreach (var candidate in round.Asked) context.Outbox.Send(candidate.Address, ask, turn);
        var window = round.Asked.Count > 0 ? context.Timings.AuctionWindow : TimeSpan.Zero;
        turn.Wake(new NodeTimer(NodeTimerKind.AuctionWindow, round.Number), window);
    }

    /// <summary>Finds those that are due as well, alike, and as far in their back-off: they would be asked about next.</summary>
    void AddAlike(Round round, Auction lead, Now now)
    {
        if (queue.IsNoneDue || !context.Hearsay.Placement.CallsBatches) return;
        var most = Math.Clamp(context.Members.Live.Length / NodesPerPod, 1, BatchMost);
        for (var nth = 1; nth < Chunk.Size && round.Auctions.Count < most; nth++)
            if (queue.Find(Chunk.Neighbour(lead.Pod, nth)) is { IsQueued: true, Gang: null } one
                && one.EmptyRounds == lead.EmptyRounds && one.FruitlessRounds == lead.FruitlessRounds
                && context.Slots.Find(one.Pod) is { } slot && context.Slots.IsOpen(slot, now.Monotonic)) round.Auctions.Add(one);
    }

    void Enter(Auction auction, Round round, Now now)
    {
        if (auction.Stage == AuctionStage.Placed) context.Distrust.Failed(auction.LastAwarded, now); // it said that it was admitted
        auction.EnterRound(round, context.Slots.Find(auction.Pod)?.Rules?.Version ?? 0, now.Monotonic);
    }

    /// <summary>
    /// Others are evicted only where the pod fits nowhere: after a round that found nobody, when no node looks feasible; and when some
    /// do but refuse for what hearsay cannot see (host ports), after all of them were asked, or four widths. In a cluster
    /// without lower priorities it never comes to that, nor for a gang, whose bids must be held, which one that evicts cannot be.
    /// </summary>
    bool MayEvict(Auction auction, Slot slot, bool someFit, bool hasAskedAll) =>
        !auction.IsTogether && context.Slots.LeastPriority < context.Slots.PriorityOf(slot) && context.Slots.MayPreempt(slot)
        && auction.FruitlessRounds > (!someFit ? 0 : hasAskedAll ? 1 : 3);
}
