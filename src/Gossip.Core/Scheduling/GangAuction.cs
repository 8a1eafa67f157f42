using System.Globalization;
using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Core.Turns;

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

/// <summary>
/// The auctions of one gang, whether or not this node is the one to call them: so many pods together, or none. Each pod has its rounds
/// as always, but their winners are not awarded. The bid is held, by asking for it again before it ends, until as many stand as
/// the gang needs; then all awards go out at once. An attempt that cannot get them all holds on to nothing: it lets everything go and
/// tries again later, at a random time, so that two gangs that each have half of the cluster do not wait for each other. (All-or-nothing
/// reservation against deadlock: Coffman, Elphick, Shoshani, "System deadlocks", 1971; kube-batch's gangs.)
/// </summary>
sealed class GangAuction(
    Gang gang, GangAuctions gangs, AuctionContext context, AuctionQueue queue, RoundCaller caller, OpenRounds rounds, Awards awards)
{
    /// <summary>Of an attempt: 512 pods, four at a time, while some nodes are silent for a window.</summary>
    static readonly TimeSpan GatheringMost = TimeSpan.FromSeconds(10);

    /// <summary>Three askings a validity: two may be lost.</summary>
    const int HoldsPerValidity = 3;

    /// <summary>At a pod that no node seems to have room for, two intervals of gossip apart.</summary>
    const int LooksMost = 4;

    readonly SortedDictionary<PodId, Auction> auctions = []; // of its pods that nobody holds
    readonly List<Auction> called = []; // of the present attempt, in the order in which they are called
    readonly HashSet<ulong> exhausted = []; // templates that no node takes (any more), and whose round said so last; looked up only
    int failedAttempts; // in a row; each doubles the wait
    Instant began, ended, nextAttempt;
    Instant? openSince; // since when it could be called; null while it could not
    Instant? partlySince; // since when some of its pods have their places and wait for the rest
    Instant lastSign; // when another auctioneer last gave a sign of life
    bool oneByOne; // a round of the attempt found nobody, perhaps for what the others reserved: from then on each is alone
    bool lookedRoomy; // by hearsay there was room when the last attempt began, so that hearing of room is no news
    Auction? failing; // whose round is told when the attempt fails

    public Gang Gang => gang;
    public GangStage Stage { get; private set; }
    public bool IsEmpty => auctions.Count == 0;

    public void Add(Auction auction) => auctions.Add(auction.Pod, auction);

    public void Remove(Auction auction)
    {
        auctions.Remove(auction.Pod);
        called.Remove(auction);
    }

    /// <summary>Another auctioneer's round, or its winner, was heard of.</summary>
    public void HearSign(Instant now) => lastSign = now;

    /// <summary>Its pods may each have a place by themselves: it stands, or those that lack are on their way.</summary>
    public bool IsWhole(Now now)
    {
        var state = StateAt(now);
        return IsWhole(state, Lacks(state, now));
    }

    /// <summary>The greatest priority of its pods: which of several gangs that are due goes first.</summary>
    public int Priority()
    {
        var priority = int.MinValue;
        foreach (var auction in auctions.Values)
            if (context.Slots.Find(auction.Pod) is { } slot) priority = Math.Max(priority, context.Slots.PriorityOf(slot));
        return priority;
    }

    /// <summary>
    /// Begins an attempt when it is time and this node's turn, or goes on with it. Else sees to it that somebody looks again.
    /// </summary>
    public void Consider(Turn turn)
    {
        var state = StateAt(turn.Now);
        var lacks = Lacks(state, turn.Now);
        if (IsWhole(state, lacks)) PlaceOneByOne(state, turn);
        else if (Stage != GangStage.Waiting) GoOn(lacks, turn);
        else BeginIfDue(state, lacks, turn);
    }

    /// <summary>Once a tick: who may have room now, whose time has come.</summary>
    public void Tick(bool anyMoved, Turn turn)
    {
        if (anyMoved && failedAttempts > 0 && !lookedRoomy && Stage == GangStage.Waiting)
        {
            var state = StateAt(turn.Now);
            if (LooksRoomy(state.Min - state.Admitted, turn.Now)) Hasten(turn.Now);
        }
        Consider(turn);
    }

    /// <summary>
    /// Ends the back-off: something moved. The next failure waits longer all the same, for its own retreat may be what moved.
    /// </summary>
    public void Hasten(Now now)
    {
        if (Stage != GangStage.Waiting || failedAttempts == 0) return;
        var soonest = ended + context.Random.Between(context.Timings.RoundBackoffLeast, 2 * context.Timings.RoundBackoffLeast);
        if (soonest < now.Monotonic) soonest = now.Monotonic;
        if (soonest < nextAttempt) nextAttempt = soonest;
    }

    /// <summary>A round of the attempt has a winner: its bid is held, and all other bids of the round are let go.</summary>
    public void Hold(Auction auction, Slot slot, Turn turn)
    {
        auction.Hold();
        foreach (var candidate in auction.Round.Asked)
            if (candidate != auction.Awarded) rounds.LetGo(auction.Round, candidate, turn);
        context.Expect(auction.Pod, auction.Awarded!.Node, slot.Template);
        awards.SetDeadline(auction, context.Timings.BidValidity / HoldsPerValidity, turn);
        Consider(turn);
    }

    /// <summary>Asks again for the bid that is held: the bidder looks anew, and holds it for another T.</summary>
    public void HoldOn(Auction auction, Turn turn)
    {
        context.Outbox.Send(auction.Awarded!.Address, new Ask(auction.Round.Number, auction.Run), turn);
        awards.SetDeadline(auction, context.Timings.BidValidity / HoldsPerValidity, turn);
    }

    /// <summary>The bidder does not hold the bid any more.</summary>
    public void LoseHold(Auction auction, string why, Turn turn)
    {
        auction.Awarded!.Refuse(why);
        rounds.Leave(auction, turn);
        Consider(turn);
    }

    /// <summary>
    /// A round of the attempt found nobody. That counts once the pod was alone with it and everybody was asked; where some
    /// were passed over, a few more times, since what losing bids of the gang held for a moment is told as taken for a while.
    /// </summary>
    public void OnNoBid(Auction auction, Turn turn)
    {
        if (!auction.IsAlone) oneByOne = true;
        else if (!auction.Round.HasAskedAll) auction.Widen();
        else if (auction.Round.Asked.Count >= context.Members.Live.Length
            || !auction.TryLookAgain(LooksMost, turn.Monotonic + 2 * context.Timings.GossipInterval)) Exhaust(auction);
        Consider(turn);
    }

    GangState StateAt(Now now) => GangState.Of(gang, context.Slots, context.Members, now.Monotonic);

    /// <summary>How many places it still needs, those that are held now among them.</summary>
    int Lacks(in GangState state, Now now) => state.Min - state.Admitted - Placed(now);

    static bool IsWhole(in GangState state, int lacks) => state.Stands || !state.IsTorn && lacks <= 0;

    /// <summary>Those that said that they are admitted, though the admission has not come round yet.</summary>
    int Placed(Now now)
    {
        var placed = 0;
        foreach (var auction in auctions.Values)
            if (auction.Stage == AuctionStage.Placed && auction.NextRound > now.Monotonic) placed++;
        return placed;
    }

    bool CanBeCalled(Auction auction, Now now) =>
        auction.Stage is not (AuctionStage.Asking or AuctionStage.Awarding)
        && (auction.Stage != AuctionStage.Placed || auction.NextRound <= now.Monotonic)
        && context.Slots.Find(auction.Pod) is { } slot && context.Slots.IsOpen(slot, now.Monotonic);

    int CanBeCalled(Now now)
    {
        var count = 0;
        foreach (var auction in auctions.Values)
            if (CanBeCalled(auction, now)) count++;
        return count;
    }

    /// <summary>No attempt is needed (any more): each of its pods that is left is placed like any other.</summary>
    void PlaceOneByOne(in GangState state, Turn turn)
    {
        if (Stage == GangStage.Gathering) End(turn); // others' admissions made it stand
        if (state.Stands) (failedAttempts, partlySince) = (0, null);
        if (Stage == GangStage.Committing) GoOn(0, turn);
        foreach (var auction in auctions.Values.ToArray())
            if (context.Slots.Find(auction.Pod) is { } slot) queue.Consider(auction, slot, turn);
    }

    void BeginIfDue(in GangState state, int lacks, Turn turn)
    {
        if (lacks == state.Min) partlySince = null;
        else partlySince ??= turn.Monotonic;
        queue.WakeBy(turn.Monotonic + AuctionQueue.TickMost, turn);
        if (state.IsTorn || CanBeCalled(turn.Now) < lacks)
        {
            openSince = null; // too few exist, or some wait for the end of a grace
            return;
        }
        openSince ??= turn.Monotonic;
        // Those that wait give up before long. Others that come just then would believe for a moment that they are enough.
        if (partlySince is { } partly && turn.Monotonic - partly > context.Timings.GangPatience / 2) return;
        if (gangs.IsOneGathering || TurnOf(turn.Now) is not { } due) return;
        if (due > turn.Monotonic) queue.WakeBy(due, turn);
        else Begin(lacks, turn);
    }

    /// <summary>As for a single pod, but what another auctioneer told of any of its pods it told of the gang.</summary>
    Instant? TurnOf(Now now)
    {
        var next = nextAttempt;
        var rank = context.Members.RankOfSelf(gang.Point);
        if (rank < 0) return null;
        foreach (var auction in auctions.Values)
        {
            var failedToBePrepared = auction.Stage == AuctionStage.Waiting && auction.NextRound > next && CanBeCalled(auction, now);
            if (failedToBePrepared) next = auction.NextRound;
            if (rank > 0 && context.Slots.Find(auction.Pod) is { } slot && queue.IsAnothers(auction, slot)) return null;
        }
        if (rank == 0) return next;
        var sign = lastSign > openSince!.Value ? lastSign : openSince.Value;
        var silent = sign + rank * context.Timings.AuctioneerSilence;
        return silent > next ? silent : next;
    }

    /// <summary>From waiting to gathering.</summary>
    void Begin(int lacks, Turn turn)
    {
        gangs.BeginGathering(this);
        Stage = GangStage.Gathering;
        began = turn.Monotonic;
        oneByOne = false;
        exhausted.Clear();
        failing = null;
        lookedRoomy = LooksRoomy(lacks, turn.Now);
        called.Clear();
        foreach (var auction in auctions.Values)
        {
            if (!CanBeCalled(auction, turn.Now)) continue;
            // It said that it was admitted, and no admission came.
            if (auction.Stage == AuctionStage.Placed) context.Distrust.Failed(auction.LastAwarded, turn.Now);
            auction.BeginAttempt();
            called.Add(auction);
        }
        called.Sort(BiggestFirst); // what is small still fits where something big went
        GoOn(lacks, turn);
    }

    int BiggestFirst(Auction a, Auction b)
    {
        var (first, second) = (context.Slots.Find(a.Pod)!.Template.Requests, context.Slots.Find(b.Pod)!.Template.Requests);
        if (first.Cpu != second.Cpu) return second.Cpu.Value.CompareTo(first.Cpu.Value);
        return first.Memory != second.Memory ? second.Memory.Value.CompareTo(first.Memory.Value) : a.Pod.CompareTo(b.Pod);
    }

    /// <summary>The next step of an attempt, whatever has come about since the last.</summary>
    /// <param name="lacks">How many places it still needs, those held now among them.</param>
    void GoOn(int lacks, Turn turn)
    {
        if (Stage == GangStage.Committing)
        {
            if (Count(AuctionStage.Awarding) == 0) End(turn);
            return;
        }
        var held = Count(AuctionStage.Held);
        if (held >= lacks) Commit(turn);
        else if (!CallMore(lacks - held, turn)) Fail(held, turn);
    }

    /// <summary>Opens rounds for those that still lack a bid. False when there are no rounds and none will come.</summary>
    bool CallMore(int lacks, Turn turn)
    {
        var asking = Count(AuctionStage.Asking);
        if (turn.Monotonic >= began + GatheringMost) return asking > 0;
        foreach (var auction in called)
        {
            if (asking >= lacks || asking >= (oneByOne ? 1 : OpenRounds.Most)) break;
            if (auction.Stage != AuctionStage.Waiting || context.Slots.Find(auction.Pod) is not { } slot) continue;
            if (exhausted.Contains(slot.Template.Hash)) continue;
            if (auction.NextRound > turn.Monotonic)
            {
                queue.WakeBy(auction.NextRound, turn);
                return true;
            }
            auction.JoinAttempt(isAlone: oneByOne);
            caller.Call(auction, slot, turn);
            asking++;
        }
        return asking > 0;
    }

    void Exhaust(Auction auction)
    {
        if (context.Slots.Find(auction.Pod) is not { } slot) return;
        exhausted.Add(slot.Template.Hash);
        failing = auction;
    }

    /// <summary>From gathering to committing: all that are needed are held, and now each is awarded, at once.</summary>
    void Commit(Turn turn)
    {
        Stage = GangStage.Committing;
        foreach (var auction in called)
        {
            if (auction.Stage != AuctionStage.Held) continue;
            auction.Award();
            auction.Round.RenewBids(turn.Monotonic);
            awards.Send(auction, turn);
            awards.SetDeadline(auction, context.Timings.AuctionWindow, turn);
        }
    }

    /// <summary>Not enough: whatever is held is let go, so that it is there for others, and for this gang later.</summary>
    void Fail(int held, Turn turn)
    {
        var state = StateAt(turn.Now);
        var fit = held + state.Admitted + Placed(turn.Now);
        var text = string.Create(CultureInfo.InvariantCulture, $"gang {state.Name} needs {state.Min} together, {fit} fit");
        failedAttempts++;
        var wait = RoundBackoff.Of(failedAttempts, context.Timings);
        nextAttempt = turn.Monotonic + context.Random.Between(wait, 2 * wait);
        var told = failing ?? called.FirstOrDefault();
        End(turn);
        if (told is not null) context.Publisher.Publish(told, NodeId.None, turn, text);
        queue.WakeBy(nextAttempt, turn);
    }

    /// <summary>Back to waiting: the attempt is over, for better or worse.</summary>
    void End(Turn turn)
    {
        foreach (var auction in called)
            if (auction.IsTogether && auction.Stage is AuctionStage.Asking or AuctionStage.Held) rounds.Leave(auction, turn);
        Stage = GangStage.Waiting;
        ended = turn.Monotonic;
        called.Clear();
        gangs.EndGathering(this);
        queue.WakeBy(turn.Monotonic + AuctionQueue.TickLeast, turn); // another's turn
    }

    int Count(AuctionStage stage)
    {
        var count = 0;
        foreach (var auction in called)
            if (auction.Stage == stage) count++;
        return count;
    }

    bool LooksRoomy(int lacks, Now now) => GangRoom.MayFit(context, auctions.Values.Where(auction => CanBeCalled(auction, now)), lacks);
}
