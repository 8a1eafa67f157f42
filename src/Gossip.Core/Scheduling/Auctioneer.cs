using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Scheduling.Filters;
using Gossip.Core.Tables;
using Gossip.Core.Turns;
using Gossip.Core.Wire;

namespace Gossip.Core.Scheduling;

/// <summary>
/// Calls the auctions of the chunks that the ring gives to this node. A round asks a few nodes, waits for their answers or
/// for the window to close, awards the best bid, and turns to the next on a refusal; a round without a winner is repeated
/// wider and later, or at once when somebody who may have room says so. Alike pods of one chunk share a round, each with a
/// bid of its own. (Contract nets, Smith 1980.)
/// </summary>
/// <remarks>Inputs: <see cref="Bid"/>, <see cref="Refusal"/>, <see cref="Unheard"/>, <see cref="Verdict"/>, slots, members. Outputs: <see cref="Ask"/>, <see cref="Award"/>, <see cref="Release"/>, summary rows.</remarks>
sealed partial class Auctioneer : INodePart, IMemberObserver, ISlotObserver
{
    /// <summary>Of one auctioneer at once: pods that are called together do not see each other's places, and each round reserves all that it asks.</summary>
    const int RoundsAtOnce = 4;

    /// <summary>Pods of a round: a quarter of a chunk, so that its four rounds have all of it; in a small cluster a quarter of the nodes, or a round would take them all.</summary>
    const int BatchMost = 16, NodesPerPod = 4;

    /// <summary>Each pod of a batch beyond the first has so many more nodes asked.</summary>
    const int AskedPerPod = 2;

    /// <summary>While most are silent: a busy machine answers late, and its own node would get every pod. Three windows end well within T.</summary>
    const int WindowsMost = 3;

    static readonly TimeSpan TickLeast = TimeSpan.FromMilliseconds(50);
    static readonly TimeSpan TickInGrace = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan TickMost = TimeSpan.FromSeconds(1);

    readonly NodeTimings timings;
    readonly PlantedBug planted;
    readonly SlotTable slots;
    readonly IMemberList members;
    readonly ITables tables;
    readonly RandomStream luck;
    readonly Outbox outbox;
    readonly Hearsay hearsay;
    readonly Candidates candidates;
    readonly Distrust distrust;
    readonly SummaryDesk summaries;
    readonly Dictionary<PodId, Auction> auctions = [];
    readonly Dictionary<ulong, Round> rounds = [];
    readonly PriorityQueue<Auction, (long Priority, ulong Order)> due = new(); // the greater priority first, then who came first
    readonly List<NodeId> moved = [];
    ulong numbers;
    ulong awardSteps;
    ulong queued;
    ulong ticks;
    Instant? nextTick;
    bool ringTurned;

    public Auctioneer(NodeConfig config, SlotTable slots, IMemberList members, ITables tables, IRowWriter writer, RandomStream luck, Outbox outbox, SchedulingRules rules)
    {
        timings = config.Timings;
        planted = config.Planted;
        this.slots = slots;
        this.members = members;
        this.tables = tables;
        this.luck = luck;
        this.outbox = outbox;
        hearsay = new Hearsay(slots, members);
        candidates = new Candidates(members, hearsay, rules);
        distrust = new Distrust(members, timings);
        summaries = new SummaryDesk(config.Card.Id, slots, writer);
    }

    /// <summary>Every auction that this node knows of, in no order, for checkers.</summary>
    internal IEnumerable<Auction> Auctions => auctions.Values;

    public ReadOnlySpan<MessageKind> Messages => [MessageKind.Bid, MessageKind.Refusal, MessageKind.Unheard, MessageKind.Verdict];

    public ReadOnlySpan<NodeTimerKind> Timers => [NodeTimerKind.AuctionRound, NodeTimerKind.AuctionWindow, NodeTimerKind.AwardDeadline];

    public void Start(Turn turn) => numbers = outbox.Boot << 24; // a boot is seconds: no life of the node calls 16 M rounds a second

    public void OnMessage(in Message message, Turn turn)
    {
        switch (message.Kind)
        {
            case MessageKind.Bid:
                OnBid(Codec.Read<Bid>(message.Body), message.Sender, message.From, turn);
                break;
            case MessageKind.Refusal:
                OnRefusal(Codec.Read<Refusal>(message.Body), message.Sender, turn);
                break;
            case MessageKind.Unheard:
                OnUnheard(Codec.Read<Unheard>(message.Body), message.Sender, turn);
                break;
            case MessageKind.Verdict:
                OnVerdict(Codec.Read<Verdict>(message.Body), message.Sender, turn);
                break;
        }
        CallDue(turn);
    }

    public void OnTimer(NodeTimer timer, Turn turn)
    {
        switch (timer.Kind)
        {
            case NodeTimerKind.AuctionWindow:
                if (rounds.TryGetValue(timer.Subject, out var asking) && asking.IsAsking) OnWindow(asking, turn);
                break;
            case NodeTimerKind.AwardDeadline:
                if (rounds.GetValueOrDefault(timer.Subject)?.Auctions.Find(one => one.AwardStep == timer.Epoch) is not { } awarding) break;
                if (awarding.Stage == AuctionStage.Awarding) OnAwardDeadline(awarding, turn);
                else if (awarding.Stage == AuctionStage.Held) HoldOn(awarding, turn);
                break;
            case NodeTimerKind.AuctionRound:
                if (timer.Epoch == ticks) Tick(turn);
                break;
        }
        CallDue(turn);
    }

    /// <summary>A slot changed: call its auction, or drop one that nobody needs any more.</summary>
    public void OnSlot(PodId pod, Turn turn)
    {
        var known = auctions.GetValueOrDefault(pod);
        var slot = slots.Find(pod);
        if (slot is null || IsHeld(slot, turn.Now))
        {
            if (known is null) return;
            if (slot is not null && slots.Standing(slot, turn.Monotonic) is { } admission) OnAdmission(known, admission, turn);
            Drop(known, turn);
            if (known.Gang is { } gang) OnMemberGone(gang, turn);
            return;
        }
        if (known is not null && known.Gang?.Gang != slot.Gang) Drop(known, turn);
        if (!auctions.TryGetValue(pod, out var auction))
        {
            auction = Join(slot);
            auctions.Add(pod, auction);
            Reset(auction, slot, turn.Now);
        }
        else if (auction.Run.Epoch != slot.NextEpoch)
        {
            EndRound(auction, turn);
            Reset(auction, slot, turn.Now);
        }
        else if (!auction.OwnRoundLanded && (slot.LastRound?.At ?? Stamp.Zero) == auction.SeenSummary)
        {
            // No round was told, so what changed is what it waits for: a node's settings, a copy that drains.
            Hasten(auction, turn.Now);
            if (auction.Gang is { } gang) Hasten(gang, turn.Now);
        }
        auction.OwnRoundLanded = false;
        if (slot.LastRound is { } summary && summary.At != auction.SeenSummary)
        {
            auction.SeenSummary = summary.At;
            if (summary.Auctioneer != members.Self)
            {
                auction.LastSign = turn.Monotonic;
                if (auction.Gang is { } gang) gang.LastSign = turn.Monotonic;
            }
        }
        Consider(auction, slot, turn);
    }

    /// <summary>All slots that changed were looked at: now those that came together can be called together.</summary>
    public void OnSettled(Turn turn) => CallDue(turn);

    /// <summary>The pod's admission is in the tables: it may have outrun the verdict that tells of it, and the round is told all the same.</summary>
    void OnAdmission(Auction auction, Admission admission, Turn turn)
    {
        if (admission.Node == auction.LastAwarded) distrust.Kept(admission.Node);
        if (auction.Stage == AuctionStage.Awarding && admission.Run == auction.Run && admission.Node == auction.Awarded?.Node)
            summaries.Publish(auction, admission.Node, turn);
    }

    /// <summary>A member came, went, or has other capacity: the ring may have turned, a pod may fit now.</summary>
    public void OnMember(in MemberChange change, Turn turn)
    {
        if (change.After is null)
        {
            hearsay.Forget(change.Node);
            distrust.Forget(change.Node);
        }
        if (auctions.Count == 0)
        {
            candidates.Forget();
            return;
        }
        var mayTakeMore = change.After is { IsLive: true } after && (change.ChangesLiveness
            || !ReferenceEquals(change.Before!.Card, after.Card) || Hearsay.Grew(change.Before.Capacity, after.Capacity));
        if (mayTakeMore) candidates.OnRoom(change.After!);
        if (mayTakeMore && !moved.Contains(change.Node)) moved.Add(change.Node);
        ringTurned |= change.ChangesLiveness;
        if (mayTakeMore || change.ChangesLiveness) WakeBy(turn.Monotonic + TickLeast, turn);
    }

    /// <summary>Nobody needs to look for an owner: not wanted, done, gated, of unknown priority, or on a node that lives.</summary>
    bool IsHeld(Slot slot, Now now) =>
        !slot.IsDesired || slot.Succeeded || slot.IsGated || slots.LacksClass(slot) || slots.LacksVoters(slot)
        || slots.Standing(slot, now.Monotonic) is { } standing && members.Find(standing.Node) is { IsLive: true };

    void Reset(Auction auction, Slot slot, Now now)
    {
        auction.Run = new PodRun(auction.Pod, slot.NextEpoch);
        auction.Stage = AuctionStage.Waiting;
        auction.EmptyRounds = auction.PassingRounds = auction.FruitlessRounds = 0;
        auction.OpenSince = null;
        auction.LastSign = now.Monotonic;
        // A pod that could not be prepared on one node gets to the next ever later, or it would run round the cluster.
        auction.NextRound = slot.FailedEpochs.Length == 0 ? now.Monotonic : now.Monotonic + RoundBackoff.Of(slot.FailedEpochs.Length, timings);
    }

    /// <summary>Queues the auction when it is time and this node's turn; else sees to it that somebody looks again.</summary>
    void Consider(Auction auction, Slot slot, Turn turn)
    {
        if (auction.Gang is { } gang) Consider(gang, turn);
        else ConsiderAlone(auction, slot, turn);
    }

    void ConsiderAlone(Auction auction, Slot slot, Turn turn)
    {
        if (auction.IsQueued || auction.Stage is AuctionStage.Asking or AuctionStage.Held or AuctionStage.Awarding) return;
        if (!slots.IsOpen(slot, turn.Monotonic))
        {
            WakeBy(turn.Monotonic + TickInGrace, turn);
            return;
        }
        auction.OpenSince ??= turn.Monotonic;
        auction.SleepsUntil = TurnOf(auction, slot) ?? turn.Monotonic + timings.AuctioneerSilence;
        if (auction.SleepsUntil > turn.Monotonic)
        {
            WakeBy(auction.SleepsUntil, turn);
            return;
        }
        auction.IsQueued = true;
        due.Enqueue(auction, (-(long)slots.PriorityOf(slot), ++queued));
    }

    /// <summary>When this node is to call: at the next round when it is the auctioneer, after a silence for each node before it, else never.</summary>
    Instant? TurnOf(Auction auction, Slot slot)
    {
        var rank = members.RankOfSelf(auction.Point);
        if (rank < 0) return null;
        if (rank == 0) return auction.NextRound;
        if (IsAnothers(auction, slot)) return null;
        var sign = auction.LastSign > auction.OpenSince!.Value ? auction.LastSign : auction.OpenSince.Value;
        var silent = sign + rank * timings.AuctioneerSilence;
        return silent > auction.NextRound ? silent : auction.NextRound;
    }

    /// <summary>
    /// One nearer whose round stands in the tables is at work: it waits for capacity as long as that takes. Any such round says so,
    /// not only the last by the clocks of those who called them.
    /// </summary>
    bool IsAnothers(Auction auction, Slot slot)
    {
        if (slot.LastRound?.Run != auction.Run) return false;
        foreach (var row in slots.RoundsOf(auction.Pod))
            if (PodFacts.HeadOf(row) is var round && round.Run == auction.Run && round.Winner == NodeId.None
                && Chunk.Distance(auction.Point, round.Auctioneer) < Chunk.Distance(auction.Point, members.Self)
                && members.Find(round.Auctioneer) is { IsLive: true }) return true;
        return false;
    }

    void CallDue(Turn turn)
    {
        while (rounds.Count - together < RoundsAtOnce && due.TryDequeue(out var auction, out _))
        {
            if (!auction.IsQueued) continue; // it went with another
            auction.IsQueued = false;
            if (auctions.GetValueOrDefault(auction.Pod) != auction || auction.Stage is AuctionStage.Asking or AuctionStage.Held or AuctionStage.Awarding) continue;
            if (slots.Find(auction.Pod) is { } slot && slots.IsOpen(slot, turn.Monotonic) && MayBePlacedAlone(auction, turn.Now)) Call(auction, slot, turn);
        }
    }

    void Call(Auction auction, Slot slot, Turn turn)
    {
        var round = new Round(++numbers, auction.Run);
        rounds.Add(round.Number, round);
        round.Auctions.Add(auction);
        if (auction.Gang is null) Join(round, auction, turn.Now);
        foreach (var one in round.Auctions) slots.Placed.ExpectNoMore(one.Pod);
        var width = Candidates.Width(members.Live.Length, auction.EmptyRounds);
        var wide = Math.Min(width + AskedPerPod * (round.Auctions.Count - 1), members.Live.Length);
        var search = new Search(slot.Template, auction.Run, wide) { Around = slots.Placed.Around(slot), IsRepeated = auction.IsTogether || auction.FruitlessRounds > 0, IsBatch = round.Auctions.Count > 1 };
        var someFit = candidates.Choose(search, round.Asked, round.PassedOver, distrust.At(turn.Now));
        round.HasAskedAll = !someFit || wide >= members.Live.Length;
        round.MayEvict = MayEvict(auction, slot, someFit, wide);
        if (round.MayEvict && !someFit) someFit = candidates.ChooseToEvict(slot, auction.Run, wide, round.Asked, round.PassedOver, distrust.At(turn.Now));
        if (someFit && round.Auctions.Count > round.Asked.Count) round.Auctions.RemoveRange(round.Asked.Count, round.Auctions.Count - round.Asked.Count);
        round.Auctions.Sort((a, b) => a.Pod.Ordinal.CompareTo(b.Pod.Ordinal));
        round.IsBatch = round.Auctions.Count > 1;
        foreach (var one in round.Auctions) Enter(one, round, turn.Now);
        foreach (var candidate in round.Asked) outbox.Send(candidate.Address, new Ask(round.Number, round.Lead, round.MayEvict), turn);
        turn.Wake(new NodeTimer(NodeTimerKind.AuctionWindow, round.Number), round.Asked.Count > 0 ? timings.AuctionWindow : TimeSpan.Zero);
    }

    /// <summary>Finds those that are due as well, alike, and as far in their back-off: they would be asked about next.</summary>
    void Join(Round round, Auction lead, Now now)
    {
        if (due.Count == 0 || hearsay.HaveDevices) return; // one bid a node would scatter over many what is to fill up one
        var most = Math.Clamp(members.Live.Length / NodesPerPod, 1, BatchMost);
        for (var nth = 1; nth < Chunk.Size && round.Auctions.Count < most; nth++)
            if (auctions.TryGetValue(Chunk.Neighbour(lead.Pod, nth), out var one) && one.IsQueued && one.Gang is null && one.EmptyRounds == lead.EmptyRounds
                && one.FruitlessRounds == lead.FruitlessRounds && slots.Find(one.Pod) is { } slot && slots.IsOpen(slot, now.Monotonic)) round.Auctions.Add(one);
    }

    void Enter(Auction auction, Round round, Now now)
    {
        if (auction.Stage == AuctionStage.Placed) distrust.Failed(auction.LastAwarded, now); // it said that it was admitted
        auction.IsQueued = false;
        auction.Round = round;
        auction.Rounds++;
        auction.Stage = AuctionStage.Asking;
        auction.LastRound = now.Monotonic;
        auction.Awarded = null;
        auction.SeenNeighbours = slots.Find(auction.Pod)?.Rules?.Version ?? 0;
    }

    /// <summary>
    /// Others are evicted only where it fits nowhere: after a round that found nobody, when no node looks feasible; and when some
    /// do but refuse for what hearsay cannot see (host ports), after all of them were asked, or four widths. In a cluster
    /// without lower priorities it never comes to that, nor for a gang, whose bids must be held, which one that evicts cannot be.
    /// </summary>
    bool MayEvict(Auction auction, Slot slot, bool someFit, int width) =>
        !auction.IsTogether && slots.LeastPriority < slots.PriorityOf(slot) && slots.MayPreempt(slot)
        && auction.FruitlessRounds > (!someFit ? 0 : width >= members.Live.Length ? 1 : 3);

    void Drop(Auction auction, Turn turn)
    {
        auctions.Remove(auction.Pod);
        EndRound(auction, turn);
        slots.Placed.ExpectNoMore(auction.Pod);
        Leave(auction);
    }

    void WakeBy(Instant at, Turn turn)
    {
        if (at < turn.Monotonic + TickLeast) at = turn.Monotonic + TickLeast;
        if (nextTick is { } next && next <= at) return;
        nextTick = at;
        var wait = at - turn.Monotonic;
        turn.Wake(new NodeTimer(NodeTimerKind.AuctionRound, 0, ++ticks), wait < TickMost ? wait : TickMost);
    }

    /// <summary>Looks at every open auction: whose time has come, whose turn, who may fit somewhere now.</summary>
    void Tick(Turn turn)
    {
        nextTick = null;
        foreach (var auction in auctions.Values)
        {
            var mayHasten = auction.EmptyRounds > 0 && (moved.Count > 0 || NeighboursMoved(auction));
            if (!ringTurned && !mayHasten && auction.SleepsUntil > turn.Monotonic)
            {
                WakeBy(auction.SleepsUntil, turn);
                continue; // a burst's slots are watched by every node, and are one node's business each
            }
            if (slots.Find(auction.Pod) is not { } slot) continue;
            if (mayHasten && (NeighboursMoved(auction) || MayFitMoved(slot))) Hasten(auction, turn.Now);
            if (auction.Gang is null) ConsiderAlone(auction, slot, turn);
        }
        TickGangs(turn);
        moved.Clear();
        ringTurned = false;
        if (auctions.Count > 0) WakeBy(turn.Monotonic + TickMost, turn);
    }

    /// <summary>Ends the back-off: something moved. Not at once after a round, or a churning cluster would hear of it all the time.</summary>
    void Hasten(Auction auction, Now now)
    {
        if (auction.Stage != AuctionStage.Waiting || auction.EmptyRounds == 0) return;
        var soonest = auction.LastRound + timings.RoundBackoffLeast;
        if (soonest < now.Monotonic) soonest = now.Monotonic;
        if (soonest >= auction.NextRound) return;
        auction.NextRound = soonest;
        auction.EmptyRounds = 0;
    }

    /// <summary>Pods that its rules speak of came or went since its last round, so that another domain may do.</summary>
    bool NeighboursMoved(Auction auction) => slots.Find(auction.Pod)?.Rules is { IsHard: true } rules && rules.Version != auction.SeenNeighbours;

    bool MayFitMoved(Slot slot)
    {
        foreach (var node in moved)
            if (members.Find(node) is { IsLive: true } member && Filtering.Passes(slot.Template, hearsay.Of(member, slots.Placed.Around(slot)))) return true;
        return false;
    }
}
