using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Tables;
using Gossip.Core.Tables.Topology;
using Gossip.Core.Turns;
using Gossip.Core.Wire;

namespace Gossip.Core.Scheduling;

/// <summary>
/// Calls the auctions of the chunks that the ring gives to this node. A round asks a few nodes, waits for their answers or
/// for the window to close, awards the best bid, and turns to the next on a refusal; a round without a winner is repeated
/// wider and later, or at once when somebody who may have room says so. Alike pods of one chunk share a round, each with a
/// bid of its own. (Contract nets, Smith 1980.)
/// </summary>
/// <remarks>
/// This part keeps one <see cref="Auction"/> for each slot that nobody holds, and hands what happens on: <see cref="AuctionQueue"/>
/// says which is due, <see cref="RoundCaller"/> asks, <see cref="Answers"/> collects, <see cref="Awards"/> decides,
/// <see cref="GangAuctions"/> does so for gangs. Inputs: <see cref="Bid"/>, <see cref="Refusal"/>, <see cref="Unheard"/>,
/// <see cref="Verdict"/>, slots, members. Outputs: <see cref="Ask"/>, <see cref="Award"/>, <see cref="Release"/>, summary rows.
/// </remarks>
sealed class Auctioneer : INodePart, IMemberObserver, ISlotObserver
{
    readonly AuctionContext context;
    readonly AuctionQueue queue;
    readonly OpenRounds rounds;
    readonly Candidates candidates;
    readonly RoundCaller caller;
    readonly Awards awards;
    readonly Answers answers;
    readonly GangAuctions gangs;

    public Auctioneer(
        NodeConfig config, SlotTable slots, PlacedPods placed, TypicalPods typical, IMemberList members, ITables tables, IRowWriter writer,
        RandomStream random, Outbox outbox, SchedulingRules rules)
    {
        context = new AuctionContext(
            config, slots, placed, typical, members, outbox, new RoundPublisher(config.Card.Id, slots, writer), random);
        queue = new AuctionQueue(context);
        rounds = new OpenRounds(context);
        candidates = new Candidates(members, context.Hearsay, rules);
        caller = new RoundCaller(context, queue, rounds, candidates);
        awards = new Awards(context, queue, rounds);
        answers = new Answers(context, rounds, tables, awards);
        gangs = new GangAuctions(context, queue, caller, rounds, awards);
    }

    /// <summary>Every auction that this node knows of, in no order, for checkers.</summary>
    internal IEnumerable<Auction> Auctions => queue.Auctions;

    /// <summary>For the slot table: what others said of epochs since the machine last looked; it clears the list.</summary>
    internal List<EpochReport> Reports => context.Reports;

    public ReadOnlySpan<MessageKind> Messages => [MessageKind.Bid, MessageKind.Refusal, MessageKind.Unheard, MessageKind.Verdict];

    public ReadOnlySpan<NodeTimerKind> Timers => [NodeTimerKind.AuctionRound, NodeTimerKind.AuctionWindow, NodeTimerKind.AwardDeadline];

    public void Start(Turn turn) => rounds.Start(context.Outbox.Boot);

    public void OnMessage(in Message message, Turn turn)
    {
        switch (message.Kind)
        {
            case MessageKind.Bid:
                answers.OnBid(Codec.Read<Bid>(message.Body), message.Sender, message.From, turn);
                break;
            case MessageKind.Refusal:
                answers.OnRefusal(Codec.Read<Refusal>(message.Body), message.Sender, turn);
                break;
            case MessageKind.Unheard:
                answers.OnUnheard(Codec.Read<Unheard>(message.Body), message.Sender, turn);
                break;
            case MessageKind.Verdict:
                awards.OnVerdict(Codec.Read<Verdict>(message.Body), message.Sender, turn);
                break;
        }
        caller.CallDue(turn);
    }

    public void OnTimer(NodeTimer timer, Turn turn)
    {
        switch (timer.Kind)
        {
            case NodeTimerKind.AuctionWindow:
                answers.OnWindow(timer.Subject, turn);
                break;
            case NodeTimerKind.AwardDeadline:
                awards.OnDeadline(timer, turn);
                break;
            case NodeTimerKind.AuctionRound:
                if (queue.IsWokenBy(timer)) Tick(turn);
                break;
        }
        caller.CallDue(turn);
    }

    /// <summary>A slot changed: call its auction, or drop one that nobody needs any more.</summary>
    public void OnSlot(PodId pod, Turn turn)
    {
        var known = queue.Find(pod);
        if (context.Slots.Find(pod) is not { } slot || IsHeld(slot, turn.Now))
        {
            if (known is not null) Close(known, turn);
            return;
        }
        if (known is not null && known.Gang?.Gang != slot.Gang) Drop(known, turn);
        if (queue.Find(pod) is not { } auction)
        {
            auction = Open(slot);
            Restart(auction, slot, turn.Now);
        }
        else if (auction.Run.Epoch != slot.NextEpoch)
        {
            rounds.Leave(auction, turn);
            Restart(auction, slot, turn.Now);
        }
        else if (!auction.OwnRoundLanded && (slot.LastRound?.At ?? Stamp.Zero) == auction.SeenSummary)
        {
            // No round was told, so what changed is what it waits for: a node's settings, a copy that drains.
            queue.Hasten(auction, turn.Now);
            auction.Gang?.Hasten(turn.Now);
        }
        auction.OwnRoundLanded = false;
        if (slot.LastRound is { } summary && auction.SeeSummary(summary.At) && summary.Auctioneer != context.Members.Self)
        {
            auction.HearSign(turn.Monotonic);
            auction.Gang?.HearSign(turn.Monotonic);
        }
        if (auction.Gang is { } gang) gang.Consider(turn);
        else queue.Consider(auction, slot, turn);
    }

    /// <summary>All slots that changed were looked at: now those that came together can be called together.</summary>
    public void OnSettled(Turn turn) => caller.CallDue(turn);

    /// <summary>A member came, went, or has other capacity: the ring may have turned, a pod may fit now.</summary>
    public void OnMember(in MemberChange change, Turn turn)
    {
        if (change.After is null)
        {
            context.Hearsay.Forget(change.Node);
            context.Distrust.Forget(change.Node);
        }
        if (queue.IsEmpty)
        {
            candidates.Forget();
            return;
        }
        var mayTakeMore = change.After is { IsLive: true } after && (change.ChangesLiveness
            || !ReferenceEquals(change.Before!.Card, after.Card) || Hearsay.Grew(change.Before.Capacity, after.Capacity));
        if (mayTakeMore) candidates.OnRoom(change.After!);
        queue.OnMember(change, mayTakeMore, turn);
    }

    /// <summary>Nobody needs to look for an owner: not wanted, done, gated, of unknown priority, or on a node that lives.</summary>
    bool IsHeld(Slot slot, Now now)
    {
        var slots = context.Slots;
        return !slot.IsDesired || slot.Succeeded || slot.IsGated || slots.LacksClass(slot) || slot.LacksVoters
            || slots.Standing(slot, now.Monotonic) is { } standing && context.Members.Find(standing.Node) is { IsLive: true };
    }

    Auction Open(Slot slot)
    {
        var auction = new Auction(slot.Id, slot.Point, gangs.Of(slot));
        auction.Gang?.Add(auction);
        queue.Add(auction);
        return auction;
    }

    /// <summary>A run of the slot that was not called yet is next.</summary>
    void Restart(Auction auction, Slot slot, Now now)
    {
        // A pod that could not be prepared on one node gets to the next ever later, or it would run round the cluster.
        var failures = slot.FailedEpochs.Length;
        var next = failures == 0 ? now.Monotonic : now.Monotonic + RoundBackoff.Of(failures, context.Timings);
        auction.Restart(new PodRun(auction.Pod, slot.NextEpoch), next, now.Monotonic);
    }

    /// <summary>The slot has its owner, or is not wanted any more.</summary>
    void Close(Auction auction, Turn turn)
    {
        if (context.Slots.Find(auction.Pod) is { } slot && context.Slots.Standing(slot, turn.Monotonic) is { } admission)
            OnAdmission(auction, admission, turn);
        Drop(auction, turn);
        if (auction.Gang is not { } gang) return;
        gang.HearSign(turn.Monotonic);
        if (!gang.IsEmpty) gang.Consider(turn);
    }

    /// <summary>
    /// The pod's admission is in the tables. It may have outrun the verdict that tells of it, and the round is published all the same.
    /// </summary>
    void OnAdmission(Auction auction, Admission admission, Turn turn)
    {
        if (admission.Node == auction.LastAwarded) context.Distrust.Kept(admission.Node);
        if (auction.Stage == AuctionStage.Awarding && admission.Run == auction.Run && admission.Node == auction.Awarded?.Node)
        {
            auction.Measure(turn);
            context.Publisher.Publish(auction, admission.Node, turn);
        }
    }

    void Drop(Auction auction, Turn turn)
    {
        queue.Remove(auction);
        rounds.Leave(auction, turn);
        context.Placed.ExpectNoMore(auction.Pod);
        gangs.Remove(auction);
    }

    void Tick(Turn turn)
    {
        queue.BeginTick(turn);
        gangs.Tick(turn);
        queue.EndTick(turn);
    }
}
