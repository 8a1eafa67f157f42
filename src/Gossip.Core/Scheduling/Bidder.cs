using Gossip.Core.Membership;
using Gossip.Core.Pods;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Scheduling.Filters;
using Gossip.Core.Scheduling.Preemption;
using Gossip.Core.Tables;
using Gossip.Core.Tables.Topology;
using Gossip.Core.Templates;
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
    readonly CapacityAnnouncer capacity;
    readonly OwnNode node;
    readonly Reservations reservations;
    readonly Objections objections;
    readonly BidMaker bids;
    readonly AwardTaker awards;

    public Bidder(
        NodeConfig config, SlotTable slots, PlacedPods placed, TypicalPods typical, Swim members, IRowWriter writer, Outbox outbox,
        SchedulingRules rules)
    {
        this.slots = slots;
        Books = new Books(config.Card.Allocatable, placed, config.Card.Id);
        capacity = new CapacityAnnouncer(config.Card.Name, members, Books);
        node = new OwnNode(config, slots, placed, typical, Books, capacity);
        reservations = new Reservations(config, Books, node, capacity);
        objections = new Objections(config, slots, members, Books, capacity);
        var preemptions = new Preemptions(config, slots, Books, capacity);
        bids = new BidMaker(config, rules, slots, outbox, Books, node, capacity, reservations, objections, preemptions);
        awards = new AwardTaker(config, slots, writer, outbox, Books, node, capacity, reservations, objections, preemptions);
    }

    internal Books Books { get; }

    public ReadOnlySpan<MessageKind> Messages => [MessageKind.Ask, MessageKind.Award, MessageKind.Release];

    public ReadOnlySpan<NodeTimerKind> Timers => [NodeTimerKind.BidExpires, NodeTimerKind.CapacityDue];

    public void Start(Turn turn) => capacity.Announce(turn.Now);

    /// <inheritdoc cref="CapacityAnnouncer.BeginDamaged"/>
    public void BeginDamaged(string damage, bool waits) => capacity.BeginDamaged(damage, waits);

    /// <summary>It bids for nothing while its disk is not well.</summary>
    public void NoteDisk(DiskState state, string why, Now now) => capacity.NoteDisk(state, why, now);

    public void OnReport(PodReport report, Turn turn)
    {
        if (report is ImagesHeld held) node.Images = held.Images;
        else if (report is MachineUsed used) capacity.Take(used, turn);
    }

    /// <summary>What runs here is known: from now on it bids.</summary>
    public void Open(Turn turn) => capacity.Become("", turn.Now);

    /// <summary>It bids no more.</summary>
    public void OnStop(Turn turn) => capacity.Become("stopping", turn.Now);

    /// <summary>It bids no more.</summary>
    public void OnLeave(Turn turn) => capacity.Become("leaving", turn.Now);

    /// <summary>It bids no more for pods of these runtime classes, whose engines are gone; for all others it does.</summary>
    public void Lack(IReadOnlyCollection<string> classes, Now now) => capacity.Lack(classes, now);

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
                if (Books.BidFor(release.Run.Pod) is { } bid && bid.Auction == release.Auction && bid.Auctioneer == message.Sender)
                    reservations.LetGo(bid.Run, turn);
                break;
        }
    }

    public void OnTimer(NodeTimer timer, Turn turn)
    {
        switch (timer.Kind)
        {
            case NodeTimerKind.BidExpires:
                reservations.OnDue(turn);
                break;
            case NodeTimerKind.CapacityDue:
                capacity.OnDue(turn.Now);
                break;
        }
    }

    /// <inheritdoc cref="BidMaker.OnHostAnswer"/>
    public void OnHostAnswer(HostAnswer answer, Turn turn) => bids.OnHostAnswer(answer, turn);

    /// <inheritdoc cref="AwardTaker.TakePreemption"/>
    internal PreemptionCommand? TakePreemption() => awards.TakePreemption();

    /// <inheritdoc cref="AwardTaker.AdmitBehind"/>
    internal void AdmitBehind(PreemptionCommand command, Turn turn) => awards.AdmitBehind(command, turn);

    /// <summary>For checkers: every filter lets the pod in now, by the exact books.</summary>
    internal bool CouldTake(PodId pod) => slots.Find(pod) is { } slot && Filtering.Passes(slot.Template, node.Facts(pod));

    /// <summary>Which of this node's devices the pod has, as <see cref="Devices.NamesOf"/> writes them; empty for none.</summary>
    internal string DevicesOf(PodRun run) => Books.Find(run)?.Devices is { } grant ? Books.Allocatable.Devices.NamesOf(grant) : "";

    internal DeviceGrant? GrantOf(PodRun run) => Books.Find(run)?.Devices;

    public bool Has(PodRun run) => Books.Find(run) is { IsFirm: true };

    /// <summary>
    /// Counts a pod that runs here, or is to, without a bid of this life. False when it is only to run and there is no room.
    /// </summary>
    /// <param name="runs">It runs already, so it counts whether there is room or not.</param>
    /// <param name="devices">Those that its admission tells, which it keeps.</param>
    public bool Adopt(PodRun run, PodTemplate template, bool runs, Turn turn, DeviceGrant? devices = null)
    {
        if (Has(run)) return true;
        if (!runs && !ResourceFilter.Fits(template, Books.Free)) return false;
        if (!runs && devices is { } grant && template.Device is { } request && !Books.Free.Devices.Have(grant, request)) return false;
        Books.Admit(run, template, checkRoom: !runs, template.Device is null ? null : devices).IsDurable = true;
        capacity.Changed(turn);
        return true;
    }

    /// <summary>The runtime says that nothing of it is left: its resources are free again.</summary>
    public void Free(PodRun run, Turn turn) => reservations.LetGo(run, turn);

    /// <summary>It is being ended: its room is free before long.</summary>
    internal void Leaves(PodRun run)
    {
        if (Books.Find(run) is { } claim) claim.IsLeaving = true;
    }

    /// <summary>It is admitted to room that others still have.</summary>
    internal bool WaitsForRoom(PodRun run) => Books.Find(run) is { WaitsFor.Count: > 0 };

    /// <inheritdoc cref="Objections.HoldBack"/>
    public void HoldBack(PodId pod, Instant until) => objections.HoldBack(pod, until);
}
