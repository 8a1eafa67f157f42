using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Scheduling.Filters;
using Gossip.Core.Tables;
using Gossip.Core.Turns;

namespace Gossip.Core.Scheduling;

/// <summary>
/// All auctions that this node knows of: which of them are due, whose turn each is, and when somebody is to look again. One timer
/// serves them all.
/// </summary>
sealed class AuctionQueue(AuctionContext context)
{
    /// <summary>The least time between two looks; also for what is expected to change at once.</summary>
    public static readonly TimeSpan TickLeast = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest time between two looks while there are auctions.</summary>
    public static readonly TimeSpan TickMost = TimeSpan.FromSeconds(1);

    static readonly TimeSpan TickInGrace = TimeSpan.FromMilliseconds(100);

    readonly Dictionary<PodId, Auction> auctions = [];
    readonly PriorityQueue<Auction, (long Priority, ulong Order)> due = new(); // the greater priority first, then who came first
    readonly List<NodeId> moved = []; // nodes that may take more since the last tick
    ulong queued;
    ulong ticks;
    Instant? nextTick;
    bool ringTurned;

    /// <summary>In no order.</summary>
    public IReadOnlyCollection<Auction> Auctions => auctions.Values;

    public bool IsEmpty => auctions.Count == 0;

    /// <summary>No auction waits to be called.</summary>
    public bool IsNoneDue => due.Count == 0;

    /// <summary>Some node may take more than before, since the last tick.</summary>
    public bool AnyMoved => moved.Count > 0;

    public Auction? Find(PodId pod) => auctions.GetValueOrDefault(pod);

    public void Add(Auction auction) => auctions.Add(auction.Pod, auction);

    public void Remove(Auction auction) => auctions.Remove(auction.Pod);

    /// <summary>Queues a single pod's auction when it is time and this node's turn. Else sees to it that somebody looks again.</summary>
    public void Consider(Auction auction, Slot slot, Turn turn)
    {
        if (auction.IsQueued || auction.IsInRound) return;
        if (!context.Slots.IsOpen(slot, turn.Monotonic))
        {
            WakeBy(turn.Monotonic + TickInGrace, turn);
            return;
        }
        auction.Open(turn.Monotonic);
        auction.SleepUntil(TurnOf(auction, slot) ?? turn.Monotonic + context.Timings.AuctioneerSilence);
        if (auction.SleepsUntil > turn.Monotonic)
        {
            WakeBy(auction.SleepsUntil, turn);
            return;
        }
        auction.Queue();
        due.Enqueue(auction, (-(long)context.Slots.PriorityOf(slot), ++queued));
    }

    /// <summary>The next auction that is due and may still be called, with its slot; null when none is.</summary>
    public (Auction Auction, Slot Slot)? TakeDue(Turn turn)
    {
        while (due.TryDequeue(out var auction, out _))
        {
            if (!auction.IsQueued) continue; // it went with another
            auction.Unqueue();
            if (Find(auction.Pod) != auction || auction.IsInRound) continue;
            if (context.Slots.Find(auction.Pod) is { } slot && context.Slots.IsOpen(slot, turn.Monotonic)
                && MayBePlacedAlone(auction, turn.Now)) return (auction, slot);
        }
        return null;
    }

    /// <summary>
    /// Whether a pod may have a place by itself: none of a gang that does not stand, or that has come apart since its round began.
    /// </summary>
    public static bool MayBePlacedAlone(Auction auction, Now now) => auction.Gang is not { } gang || gang.IsWhole(now);

    /// <summary>
    /// A node nearer to the point whose round stands in the tables is at work: it waits for capacity as long as that takes. Any such
    /// round says so, not only the last by the clocks of those who called them.
    /// </summary>
    public bool IsAnothers(Auction auction, Slot slot)
    {
        if (slot.LastRound?.Run != auction.Run) return false;
        foreach (var row in context.Slots.RoundsOf(auction.Pod))
            if (PodFacts.HeadOf(row) is var round && round.Run == auction.Run && round.Winner == NodeId.None
                && Chunk.Distance(auction.Point, round.Auctioneer) < Chunk.Distance(auction.Point, context.Members.Self)
                && context.Members.Find(round.Auctioneer) is { IsLive: true }) return true;
        return false;
    }

    /// <summary>A member came, went, or has other capacity: the ring may have turned, a pod may fit now.</summary>
    /// <param name="mayTakeMore">It may take what it could not before.</param>
    public void OnMember(in MemberChange change, bool mayTakeMore, Turn turn)
    {
        if (mayTakeMore && !moved.Contains(change.Node)) moved.Add(change.Node);
        ringTurned |= change.ChangesLiveness;
        if (mayTakeMore || change.ChangesLiveness) WakeBy(turn.Monotonic + TickLeast, turn);
    }

    /// <summary>Has the auctioneer woken by then, and not before <see cref="TickLeast"/>.</summary>
    public void WakeBy(Instant at, Turn turn)
    {
        if (at < turn.Monotonic + TickLeast) at = turn.Monotonic + TickLeast;
        if (nextTick is { } next && next <= at) return;
        nextTick = at;
        var wait = at - turn.Monotonic;
        turn.Wake(new NodeTimer(NodeTimerKind.AuctionRound, 0, ++ticks), wait < TickMost ? wait : TickMost);
    }

    /// <summary>The timer AuctionRound is the one that was set last.</summary>
    public bool IsWokenBy(NodeTimer timer) => timer.Epoch == ticks;

    /// <summary>Looks at every single pod's auction: whose time has come, whose turn, who may fit somewhere now.</summary>
    public void BeginTick(Turn turn)
    {
        nextTick = null;
        foreach (var auction in auctions.Values)
        {
            var mayHasten = auction.EmptyRounds > 0 && (AnyMoved || NeighboursMoved(auction));
            if (!ringTurned && !mayHasten && auction.SleepsUntil > turn.Monotonic)
            {
                WakeBy(auction.SleepsUntil, turn);
                continue; // a burst's slots are watched by every node, and are one node's business each
            }
            if (context.Slots.Find(auction.Pod) is not { } slot) continue;
            if (mayHasten && (NeighboursMoved(auction) || MayFitMoved(slot))) Hasten(auction, turn.Now);
            if (auction.Gang is null) Consider(auction, slot, turn);
        }
    }

    /// <summary>Everybody has looked at what moved.</summary>
    public void EndTick(Turn turn)
    {
        moved.Clear();
        ringTurned = false;
        if (auctions.Count > 0) WakeBy(turn.Monotonic + TickMost, turn);
    }

    /// <inheritdoc cref="Auction.Hasten"/>
    public void Hasten(Auction auction, Now now) => auction.Hasten(context.Timings.RoundBackoffLeast, now.Monotonic);

    /// <summary>
    /// When this node is to call: at the next round when it is the auctioneer, after a silence for each node before it, else never.
    /// </summary>
    Instant? TurnOf(Auction auction, Slot slot)
    {
        var rank = context.Members.RankOfSelf(auction.Point);
        if (rank < 0) return null;
        if (rank == 0) return auction.NextRound;
        if (IsAnothers(auction, slot)) return null;
        var sign = auction.LastSign > auction.OpenSince!.Value ? auction.LastSign : auction.OpenSince.Value;
        var silent = sign + rank * context.Timings.AuctioneerSilence;
        return silent > auction.NextRound ? silent : auction.NextRound;
    }

    /// <summary>Pods that its rules speak of came or went since its last round, so that another domain may do.</summary>
    bool NeighboursMoved(Auction auction) =>
        context.Slots.Find(auction.Pod)?.Rules is { IsHard: true } rules && rules.Version != auction.SeenNeighbours;

    bool MayFitMoved(Slot slot)
    {
        foreach (var node in moved)
            if (context.Members.Find(node) is { IsLive: true } member
                && Filtering.Passes(slot.Template, context.Hearsay.Of(member, context.Placed.Around(slot)))) return true;
        return false;
    }
}
