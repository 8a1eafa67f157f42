using System.Globalization;
using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Scheduling.Filters;
using Gossip.Core.Tables;
using Gossip.Core.Turns;

namespace Gossip.Core.Scheduling;

// Gangs: so many pods together, or none. Each pod has its rounds as always, but their winners are not awarded: the bid is
// held, by asking for it again before it ends, until as many stand as the gang needs; then all awards go out at once. An
// attempt that cannot get them all holds on to nothing: it lets everything go and tries again later, at a time left to
// luck, so that two gangs that each have half of the cluster do not wait for each other. (All-or-nothing reservation
// against deadlock: Coffman, Elphick, Shoshani, "System deadlocks", 1971; kube-batch's gangs.)
sealed partial class Auctioneer
{
    /// <summary>Of an attempt: 512 pods, four at a time, while some nodes are silent for a window.</summary>
    static readonly TimeSpan GatheringMost = TimeSpan.FromSeconds(10);

    /// <summary>Three askings a validity: two may be lost.</summary>
    const int HoldsPerValidity = 3;

    /// <summary>At a pod that no node seems to have room for, two intervals of gossip apart.</summary>
    const int LooksMost = 4;

    readonly List<GangAuction> gangs = []; // in order of their points
    GangAuction? gathering; // one at a time: two gangs of one auctioneer never wait for each other
    int together; // rounds of gangs' attempts, which do not keep single pods from being called

    Auction Join(Slot slot)
    {
        if (slot.Gang is not { } named) return new Auction(slot.Id, slot.Point, null);
        var gang = gangs.Find(known => known.Gang == named);
        if (gang is null)
        {
            var at = gangs.FindIndex(known => known.Gang.Point > named.Point);
            gangs.Insert(at < 0 ? gangs.Count : at, gang = new GangAuction(named));
        }
        var auction = new Auction(slot.Id, slot.Point, gang);
        gang.Auctions.Add(slot.Id, auction);
        return auction;
    }

    void Leave(Auction auction)
    {
        if (auction.Gang is not { } gang) return;
        gang.Auctions.Remove(auction.Pod);
        gang.Called.Remove(auction);
        if (gang.Auctions.Count > 0) return;
        gangs.Remove(gang);
        if (gathering == gang) gathering = null;
    }

    /// <summary>One of its pods has its place, or is not wanted any more.</summary>
    void OnMemberGone(GangAuction gang, Turn turn)
    {
        gang.LastSign = turn.Monotonic;
        if (gang.Auctions.Count > 0) Consider(gang, turn);
    }

    /// <summary>Begins an attempt when it is time and this node's turn, or goes on with it; else sees to it that somebody looks again.</summary>
    void Consider(GangAuction gang, Turn turn)
    {
        var state = GangState.Of(gang.Gang, slots, members, turn.Monotonic);
        var lacks = state.Min - state.Admitted - PlacedBy(gang, turn.Now);
        if (IsWhole(state, lacks))
        {
            if (gang.Stage == GangStage.Gathering) End(gang, turn); // others' admissions made it stand
            if (state.Stands) (gang.FailedAttempts, gang.PartlySince) = (0, null);
            if (gang.Stage == GangStage.Committing) GoOn(gang, 0, turn);
            foreach (var auction in gang.Auctions.Values.ToArray())
                if (slots.Find(auction.Pod) is { } slot) ConsiderAlone(auction, slot, turn);
            return;
        }
        if (gang.Stage != GangStage.Waiting)
        {
            GoOn(gang, lacks, turn);
            return;
        }
        if (lacks == state.Min) gang.PartlySince = null;
        else gang.PartlySince ??= turn.Monotonic;
        WakeBy(turn.Monotonic + TickMost, turn);
        if (state.IsTorn || CanBeCalled(gang, turn.Now) < lacks)
        {
            gang.OpenSince = null; // too few exist, or some wait for the end of a grace
            return;
        }
        gang.OpenSince ??= turn.Monotonic;
        // Those that wait give up before long. Others that come just then would believe for a moment that they are enough.
        if (gang.PartlySince is { } partly && turn.Monotonic - partly > timings.GangPatience / 2) return;
        if (gathering is not null || TurnOf(gang, turn.Now) is not { } due) return;
        if (due > turn.Monotonic) WakeBy(due, turn);
        else Begin(gang, lacks, turn);
    }

    static bool IsWhole(in GangState state, int lacks) => state.Stands || !state.IsTorn && lacks <= 0;

    /// <summary>Whether a pod may have a place by itself: none of a gang that does not stand, or that has come apart since its round began.</summary>
    bool MayBePlacedAlone(Auction auction, Now now)
    {
        if (auction.Gang is not { } gang) return true;
        var state = GangState.Of(gang.Gang, slots, members, now.Monotonic);
        return IsWhole(state, state.Min - state.Admitted - PlacedBy(gang, now));
    }

    /// <summary>Those that said that they are admitted, though the admission has not come round yet.</summary>
    static int PlacedBy(GangAuction gang, Now now)
    {
        var placed = 0;
        foreach (var auction in gang.Auctions.Values)
            if (auction.Stage == AuctionStage.Placed && auction.NextRound > now.Monotonic) placed++;
        return placed;
    }

    bool CanBeCalled(Auction auction, Now now) =>
        auction.Stage is not (AuctionStage.Asking or AuctionStage.Awarding) && (auction.Stage != AuctionStage.Placed || auction.NextRound <= now.Monotonic)
        && slots.Find(auction.Pod) is { } slot && slots.IsOpen(slot, now.Monotonic);

    int CanBeCalled(GangAuction gang, Now now)
    {
        var count = 0;
        foreach (var auction in gang.Auctions.Values)
            if (CanBeCalled(auction, now)) count++;
        return count;
    }

    /// <summary>As for a single pod (<see cref="TurnOf(Auction, Slot)"/>), but what another auctioneer told of any of its pods it told of the gang.</summary>
    Instant? TurnOf(GangAuction gang, Now now)
    {
        var next = gang.NextAttempt;
        var rank = members.RankOfSelf(gang.Gang.Point);
        if (rank < 0) return null;
        foreach (var auction in gang.Auctions.Values)
        {
            if (auction.Stage == AuctionStage.Waiting && auction.NextRound > next && CanBeCalled(auction, now)) next = auction.NextRound; // it failed to be prepared
            if (rank > 0 && slots.Find(auction.Pod) is { } slot && IsAnothers(auction, slot)) return null;
        }
        if (rank == 0) return next;
        var silent = (gang.LastSign > gang.OpenSince!.Value ? gang.LastSign : gang.OpenSince.Value) + rank * timings.AuctioneerSilence;
        return silent > next ? silent : next;
    }

    void Begin(GangAuction gang, int lacks, Turn turn)
    {
        gathering = gang;
        gang.Stage = GangStage.Gathering;
        gang.Began = turn.Monotonic;
        gang.OneByOne = false;
        gang.Exhausted.Clear();
        gang.Failing = null;
        gang.LookedRoomy = LooksRoomy(gang, lacks, turn.Now);
        gang.Called.Clear();
        foreach (var auction in gang.Auctions.Values)
        {
            if (!CanBeCalled(auction, turn.Now)) continue;
            if (auction.Stage == AuctionStage.Placed) distrust.Failed(auction.LastAwarded, turn.Now); // it said that it was admitted
            auction.Stage = AuctionStage.Waiting;
            auction.EmptyRounds = auction.PassingRounds = 0;
            gang.Called.Add(auction);
        }
        gang.Called.Sort(BiggestFirst); // what is small still fits where something big went
        GoOn(gang, lacks, turn);
    }

    int BiggestFirst(Auction a, Auction b)
    {
        var (first, second) = (slots.Find(a.Pod)!.Template.Requests, slots.Find(b.Pod)!.Template.Requests);
        if (first.Cpu != second.Cpu) return second.Cpu.Value.CompareTo(first.Cpu.Value);
        return first.Memory != second.Memory ? second.Memory.Value.CompareTo(first.Memory.Value) : a.Pod.CompareTo(b.Pod);
    }

    /// <summary>The next step of an attempt, whatever has come about since the last.</summary>
    /// <param name="lacks">How many places it still needs, those held now among them.</param>
    void GoOn(GangAuction gang, int lacks, Turn turn)
    {
        if (gang.Stage == GangStage.Committing)
        {
            if (gang.Count(AuctionStage.Awarding) == 0) End(gang, turn);
            return;
        }
        var (held, asking) = (gang.Count(AuctionStage.Held), gang.Count(AuctionStage.Asking));
        if (held >= lacks || planted == PlantedBug.GangAwardedInPart && held > 0)
        {
            Commit(gang, turn);
            return;
        }
        var waits = false;
        if (turn.Monotonic < gang.Began + GatheringMost)
            foreach (var auction in gang.Called)
            {
                if (held + asking >= lacks || asking >= (gang.OneByOne ? 1 : RoundsAtOnce)) break;
                if (auction.Stage != AuctionStage.Waiting || slots.Find(auction.Pod) is not { } slot || gang.Exhausted.Contains(slot.Template.Hash)) continue;
                if (auction.NextRound > turn.Monotonic)
                {
                    waits = true;
                    WakeBy(auction.NextRound, turn);
                    break;
                }
                auction.IsTogether = true;
                auction.IsAlone = gang.OneByOne;
                together++;
                Call(auction, slot, turn);
                asking++;
            }
        if (asking == 0 && !waits) Fail(gang, held, turn);
    }

    void Hold(Auction auction, Slot slot, Turn turn)
    {
        auction.Stage = AuctionStage.Held;
        foreach (var candidate in auction.Round.Asked)
            if (candidate != auction.Awarded) LetGo(auction.Round, candidate, turn);
        hearsay.Deduct(auction.Awarded!.Node, slot.Template);
        slots.Placed.Expect(auction.Pod, auction.Awarded.Node);
        turn.Wake(new NodeTimer(NodeTimerKind.AwardDeadline, auction.Round.Number, auction.AwardStep = ++awardSteps), timings.BidValidity / HoldsPerValidity);
        Consider(auction.Gang!, turn);
    }

    /// <summary>Asks again for the bid that is held: the bidder looks anew, and holds it for another T.</summary>
    void HoldOn(Auction auction, Turn turn)
    {
        outbox.Send(auction.Awarded!.Address, new Ask(auction.Round.Number, auction.Run), turn);
        turn.Wake(new NodeTimer(NodeTimerKind.AwardDeadline, auction.Round.Number, auction.AwardStep = ++awardSteps), timings.BidValidity / HoldsPerValidity);
    }

    /// <summary>The bidder thought better of it.</summary>
    void LoseHold(Auction auction, string why, Turn turn)
    {
        auction.Awarded!.State = AnswerState.Refused;
        auction.Awarded.Why = why;
        EndRound(auction, turn);
        Consider(auction.Gang!, turn);
    }

    /// <summary>
    /// A round of the attempt found nobody. The verdict counts once the pod was alone with it and everybody was asked; where some
    /// were passed over, a few more times, since what losing bids of the gang held for a moment is told as taken for a while.
    /// </summary>
    void OnNoBid(Auction auction, Turn turn)
    {
        var gang = auction.Gang!;
        if (!auction.IsAlone) gang.OneByOne = true;
        else if (!auction.Round.HasAskedAll) auction.EmptyRounds++;
        else if (auction.Round.Asked.Count < members.Live.Length && ++auction.PassingRounds < LooksMost) auction.NextRound = turn.Monotonic + 2 * timings.GossipInterval;
        else if (slots.Find(auction.Pod) is { } slot)
        {
            gang.Exhausted.Add(slot.Template.Hash);
            gang.Failing = auction;
        }
        Consider(gang, turn);
    }

    /// <summary>All that are needed are held: now each is awarded, at once.</summary>
    void Commit(GangAuction gang, Turn turn)
    {
        gang.Stage = GangStage.Committing;
        foreach (var auction in gang.Called)
        {
            if (auction.Stage != AuctionStage.Held) continue;
            auction.Stage = AuctionStage.Awarding;
            auction.Round.FirstBid = turn.Monotonic; // it may have been held on this moment
            SendAward(auction, turn);
            turn.Wake(new NodeTimer(NodeTimerKind.AwardDeadline, auction.Round.Number, auction.AwardStep = ++awardSteps), timings.AuctionWindow);
        }
    }

    /// <summary>Not enough: whatever is held is let go, so that it is there for others, and for this gang later.</summary>
    void Fail(GangAuction gang, int held, Turn turn)
    {
        var state = GangState.Of(gang.Gang, slots, members, turn.Monotonic);
        var text = string.Create(CultureInfo.InvariantCulture, $"gang {state.Name} needs {state.Min} together, {held + state.Admitted + PlacedBy(gang, turn.Now)} fit");
        gang.FailedAttempts++;
        var wait = RoundBackoff.Of(gang.FailedAttempts, timings);
        gang.NextAttempt = turn.Monotonic + luck.Between(wait, 2 * wait);
        var told = gang.Failing ?? gang.Called.FirstOrDefault();
        End(gang, turn);
        if (told is not null) summaries.Publish(told, NodeId.None, turn, text);
        WakeBy(gang.NextAttempt, turn);
    }

    /// <summary>The attempt is over, for better or worse.</summary>
    void End(GangAuction gang, Turn turn)
    {
        foreach (var auction in gang.Called)
            if (auction.IsTogether && auction.Stage is AuctionStage.Asking or AuctionStage.Held) EndRound(auction, turn);
        gang.Stage = GangStage.Waiting;
        gang.Ended = turn.Monotonic;
        gang.Called.Clear();
        if (gathering == gang) gathering = null;
        WakeBy(turn.Monotonic + TickLeast, turn); // another's turn
    }

    /// <summary>Once a tick: who may have room now, whose time has come.</summary>
    void TickGangs(Turn turn)
    {
        foreach (var gang in gangs.OrderByDescending(PriorityOf).ToArray())
        {
            if (moved.Count > 0 && gang.FailedAttempts > 0 && !gang.LookedRoomy && gang.Stage == GangStage.Waiting)
            {
                var state = GangState.Of(gang.Gang, slots, members, turn.Monotonic);
                if (LooksRoomy(gang, state.Min - state.Admitted, turn.Now)) Hasten(gang, turn.Now);
            }
            Consider(gang, turn);
        }
    }

    /// <summary>The greatest of its pods': which of several that are due goes first; of equal ones, the first by point.</summary>
    int PriorityOf(GangAuction gang)
    {
        var priority = int.MinValue;
        foreach (var auction in gang.Auctions.Values)
            if (slots.Find(auction.Pod) is { } slot) priority = Math.Max(priority, slots.PriorityOf(slot));
        return priority;
    }

    /// <summary>Ends the back-off: something moved. The next failure waits longer all the same, for its own retreat may be what moved.</summary>
    void Hasten(GangAuction gang, Now now)
    {
        if (gang.Stage != GangStage.Waiting || gang.FailedAttempts == 0) return;
        var soonest = gang.Ended + luck.Between(timings.RoundBackoffLeast, 2 * timings.RoundBackoffLeast);
        if (soonest < now.Monotonic) soonest = now.Monotonic;
        if (soonest < gang.NextAttempt) gang.NextAttempt = soonest;
    }

    /// <summary>Whether, by hearsay and without rules between its own pods, there is room for so many of those that nobody holds.</summary>
    bool LooksRoomy(GangAuction gang, int lacks, Now now)
    {
        var left = new Dictionary<ulong, (Slot Slot, int Count)>();
        foreach (var auction in gang.Auctions.Values)
            if (CanBeCalled(auction, now) && slots.Find(auction.Pod) is { } slot)
                left[slot.Template.Hash] = (slot, left.GetValueOrDefault(slot.Template.Hash).Count + 1);
        foreach (var member in members.Live)
        {
            Resources? rest = null; // of this node, once some of the gang were thought to be there
            foreach (var template in left.Keys.ToArray())
            {
                var (slot, count) = left[template];
                var pod = slot.Template;
                var facts = hearsay.Of(member, slots.Placed.Around(slot));
                facts = facts with { Free = rest ?? facts.Free };
                while (count > 0 && Filtering.Passes(pod, facts))
                {
                    var devices = pod.Device is { } request && facts.Free.Devices.Choose(request) is { } grant ? facts.Free.Devices.Take(grant, request.Milli) : facts.Free.Devices;
                    facts = facts with { Free = (facts.Free - pod.Requests) with { Devices = devices } };
                    count--;
                    if (--lacks <= 0) return true;
                    if (!pod.HostPorts.IsDefaultOrEmpty) break; // one a node
                }
                left[template] = (slot, count);
                rest = facts.Free;
            }
        }
        return false;
    }
}
