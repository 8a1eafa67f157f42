using Gossip.Core.Membership;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Scheduling.Filters;
using Gossip.Core.Tables;
using Gossip.Core.Tables.Topology;
using Gossip.Core.Turns;
using Gossip.Core.Wire;

namespace Gossip.Core.Scheduling;

/// <summary>
/// This node's side of every auction. An ask is answered from the exact books with a bid, which reserves, or a refusal,
/// which says why; an award within the bid's validity is checked again and becomes an admission. Nobody else ever
/// decides what runs here, so no node is overcommitted whatever the others believe.
/// </summary>
/// <remarks>
/// Inputs: <see cref="Ask"/>, <see cref="Award"/>, <see cref="Release"/>. Outputs: <see cref="Bid"/>, <see cref="Refusal"/>,
/// <see cref="Unheard"/>, <see cref="Verdict"/>, admission rows, capacity.
/// </remarks>
sealed class Bidder : INodePart, IReportObserver
{
    readonly SlotTable slots;
    readonly OwnRoom room;
    readonly OwnNode node;
    readonly Reservations reservations;
    readonly BidMaker bids;
    readonly AwardTaker awards;

    public Bidder(
        NodeConfig config, SlotTable slots, PlacedPods placed, TypicalPods typical, OwnRoom room, Swim members, IRowWriter writer,
        Outbox outbox, SchedulingRules rules)
    {
        this.slots = slots;
        this.room = room;
        node = new OwnNode(config, slots, placed, typical, room);
        reservations = new Reservations(config, room, node);
        var objections = new Objections(config, slots, members, room);
        var preemptions = new Preemptions(config, slots, room);
        bids = new BidMaker(config, rules, slots, outbox, room, node, reservations, objections, preemptions);
        awards = new AwardTaker(config, slots, writer, outbox, room, node, reservations, objections, preemptions);
    }

    public ReadOnlySpan<MessageKind> Messages => [MessageKind.Ask, MessageKind.Award, MessageKind.Release];

    public ReadOnlySpan<NodeTimerKind> Timers => [NodeTimerKind.BidExpires, NodeTimerKind.CapacityDue];

    public void Start(Turn turn) => room.Capacity.Announce(turn.Now);

    public void OnReport(PodReport report, Turn turn)
    {
        if (report is ImagesHeld held) node.Images = held.Images;
        else if (report is MachineUsed used) room.Capacity.Take(used, turn);
    }

    /// <summary>It bids no more.</summary>
    public void OnStop(Turn turn) => room.Capacity.Become("stopping", turn.Now);

    /// <summary>It bids no more.</summary>
    public void OnLeave(Turn turn) => room.Capacity.Become("leaving", turn.Now);

    public void OnMessage(in Message message, Turn turn)
    {
        switch (message.Kind)
        {
            case MessageKind.Ask:
                bids.OnAsk(Codec.Read<Ask>(message.Body), message.Sender, message.From, turn);
                break;
            case MessageKind.Award:
                awards.OnAward(Codec.Read<Award>(message.Body), message.Sender, message.From, turn);
                break;
            case MessageKind.Release:
                var release = Codec.Read<Release>(message.Body);
                if (room.Books.BidFor(release.Run.Pod) is { } bid && bid.Auction == release.Auction && bid.Auctioneer == message.Sender)
                    room.Free(bid.Run, turn);
                break;
        }
    }

    /// <summary>The victims of the preemption that it asked for are being ended.</summary>
    public void OnPerformed(Turn turn)
    {
        if (room.Preemptions.TakePerformed() is { } performed) awards.AdmitBehind(performed, turn);
    }

    public void OnTimer(NodeTimer timer, Turn turn)
    {
        switch (timer.Kind)
        {
            case NodeTimerKind.BidExpires:
                reservations.OnDue(turn);
                break;
            case NodeTimerKind.CapacityDue:
                room.Capacity.OnDue(turn.Now);
                break;
        }
    }

    /// <inheritdoc cref="BidMaker.OnHostAnswer"/>
    public void OnHostAnswer(HostAnswer answer, Turn turn) => bids.OnHostAnswer(answer, turn);

    /// <summary>For checkers: every filter lets the pod in now, by the exact books.</summary>
    internal bool CouldTake(PodId pod) => slots.Find(pod) is { } slot && Filtering.Passes(slot.Template, node.Facts(pod));
}
