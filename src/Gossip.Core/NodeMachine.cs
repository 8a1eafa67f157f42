using System.Buffers;
using Gossip.Core.Disk;
using Gossip.Core.Disruption;
using Gossip.Core.Leases;
using Gossip.Core.Membership;
using Gossip.Core.Pods;
using Gossip.Core.Pods.Departures;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Requests;
using Gossip.Core.Scheduling;
using Gossip.Core.Tables;
using Gossip.Core.Tables.Topology;
using Gossip.Core.Turns;
using Gossip.Core.View;
using Gossip.Core.Wire;

namespace Gossip.Core;

/// <summary>
/// The whole node: (input, now) -> effects. Production and simulation drive the same one.
/// A turn takes one input to the part that it is for, then lets what changed run down the parts in one direction:
/// members and rows -> slots -> auctions and pods -> books -> capacity; last, what there is to say is sent.
/// </summary>
/// <remarks>
/// One owner calls it, never two at once; it holds no lock, clock, thread or randomness of its own. Inputs:
/// <see cref="NodeInput"/>. Outputs: <see cref="NodeEffects"/>. Timers: <see cref="NodeTimerKind"/>.
/// </remarks>
sealed class NodeMachine
{
    const string DamagedWait =
        "the node has lost a part of what it kept, and first compares the rest with its peers: ask again in a moment, or ask another node";

    readonly Outbox outbox;
    readonly Swim swim;
    readonly Replicator replicator;
    readonly SlotTable slots;
    readonly Bidder bidder;
    readonly OwnRoom room;
    readonly PodKeeper keeper;
    readonly DiskWatch disk;
    readonly ViewBuilder views;
    readonly NodeParts parts;
    readonly IMemberObserver[] memberObservers;
    readonly IRowObserver[] rowObservers;
    readonly ISlotObserver[] slotObservers;
    readonly IReportObserver[] reportObservers;
    readonly List<PodId> dirty = [];
    readonly NodeCard self;
    readonly INodeTrace? trace;
    bool believesTables;

    /// <param name="rules">How the node judges itself when it bids; null for the defaults.</param>
    public NodeMachine(NodeConfig config, StoreContents contents, SchedulingRules? rules = null) : this(config, contents, rules, null, null) { }

    /// <param name="trace">The simulator's checkers.</param>
    /// <param name="shared">The pool of rows of a large simulation.</param>
    internal NodeMachine(NodeConfig config, StoreContents contents, SchedulingRules? rules, INodeTrace? trace, SharedRows? shared)
    {
        this.trace = trace;
        rules ??= SchedulingRules.Default;
        var boot = Replicator.NextBoot(config, contents);
        var random = new RandomStream(StableHash.Mix(config.Seed, boot));
        self = config.Card;
        outbox = new Outbox(self.Id) { Boot = boot, Address = self.Address };
        swim = new Swim(config, boot, random.For("swim"), outbox);
        replicator = new Replicator(config, contents, random.For("replication"), outbox, swim, shared);
        outbox.Piggyback = new Rumours(swim, replicator);
        var workloads = new WorkloadReader();
        slots = new SlotTable(replicator, swim, config.Timings, shared, workloads);
        Placed = new PlacedPods(self.Id, slots.ById);
        Budgets = new BudgetBook(swim, slots.ById);
        Gangs = new Gangs();
        Typical = new TypicalPods();
        Voters = new VoterBook(slots.Objects, slots.ById);
        slots.Load(Placed, Budgets, Gangs, Typical, Voters);
        views = new ViewBuilder(slots, Budgets, swim, notesEvents: shared is null);
        room = new OwnRoom(config, Placed, swim);
        if (replicator.IsDamaged) room.Capacity.BeginDamaged(replicator.Damage, replicator.NeedsPeer);
        if (replicator.NeedsPeer && !KnowsOthers(config))
            Refusal = $"what it kept is damaged ({replicator.Damage}), and it knows of no other node that could have the rest";
        bidder = new Bidder(config, slots, Placed, Typical, room, swim, replicator, outbox, rules);
        var hearsay = new Hearsay(slots, Typical, swim);
        var moves = new MoveReasons();
        var leases = new LeaseHolder(config, Voters, swim, outbox);
        keeper = new PodKeeper(config, slots, Placed, hearsay, swim, replicator, replicator, room, moves, leases, trace);
        Auctioneer = new Auctioneer(config, slots, Placed, Typical, swim, replicator, replicator, random.For("auction"), outbox, rules);
        var budgetKeeper = new BudgetKeeper(config, slots, Budgets, swim, replicator, replicator, outbox);
        var evictor = new Evictor(slots, swim, budgetKeeper, outbox);
        Rebalancer = new Rebalancer(config, slots, Placed, hearsay, swim, room.Books, moves, evictor);
        Spreader = new Spreader(config, slots, Placed, hearsay, swim, moves, evictor);
        disk = new DiskWatch(self.Name, replicator, room.Capacity);
        parts = new NodeParts(
            swim,
            replicator,
            slots,
            views,
            bidder,
            disk,
            keeper,
            Auctioneer,
            new Voter(config, Voters, swim, outbox),
            new Consent(config, Voters, swim, replicator, replicator, outbox),
            new VoterChange(Voters, swim, replicator, outbox),
            budgetKeeper,
            evictor,
            Rebalancer,
            Spreader,
            new DiskEvacuation(slots, Placed, hearsay, swim, moves, evictor, disk),
            new RequestHandler(slots, Gangs, replicator, replicator, workloads, views),
            new Sweeper(slots, swim, replicator));
        memberObservers = parts.That<IMemberObserver>();
        rowObservers = parts.That<IRowObserver>();
        slotObservers = parts.That<ISlotObserver>();
        reportObservers = parts.That<IReportObserver>();
    }

    /// <summary>
    /// Why this node must not start as it is; null when it may. The tables are then only a part of what was acknowledged, and nobody is
    /// known who has the rest: an operator names a node to join, or says that the loss is accepted (<see cref="NodeConfig.AcceptsLoss"/>).
    /// </summary>
    public string? Refusal { get; }

    /// <summary>Which life of the node this is. It may still grow, when peers remember a later one.</summary>
    public ulong Boot => outbox.Boot;

    /// <summary>True once the tables may be believed: a session with a peer is over, or there are no peers.</summary>
    public bool HasSynced => believesTables;

    /// <summary>
    /// Its store was damaged when it started. Once <see cref="HasSynced"/>, what peers have is here again: the driver then says
    /// <see cref="IStore.ForgetDamage"/>.
    /// </summary>
    public bool IsDamaged => replicator.IsDamaged;

    /// <summary>False once the disk failed: what it would persist goes nowhere.</summary>
    public bool IsWriter => !disk.HasFailed;

    /// <summary>
    /// The disk failed, and nothing runs here any more; or nobody else is there, and what runs goes on until the node's next life. The
    /// driver ends the process then.
    /// </summary>
    public bool HasGivenUp => disk.HasFailed && (keeper.HasNothing || !disk.HandsOver);

    /// <summary>Members that live, this node among them.</summary>
    public int LiveMembers => swim.Live.Length;

    /// <summary>Pods that this node has admitted.</summary>
    public int OwnPods => slots.AdmissionsOf(self.Id).Count();

    /// <summary>The parts, for checkers and benchmarks.</summary>
    internal Swim Members => swim;
    internal Replicator Tables => replicator;
    internal SlotTable Slots => slots;
    internal PlacedPods Placed { get; }
    internal BudgetBook Budgets { get; }
    internal Gangs Gangs { get; }
    internal TypicalPods Typical { get; }
    internal VoterBook Voters { get; }
    internal Bidder Bidder => bidder;
    internal OwnRoom Room => room;
    internal PodKeeper Keeper => keeper;
    internal Auctioneer Auctioneer { get; }
    internal Rebalancer Rebalancer { get; }
    internal Spreader Spreader { get; }

    /// <summary>Takes one input to its end.</summary>
    public void Handle(in NodeInput input, Now now, NodeEffects effects)
    {
        var turn = new Turn(now, effects);
        switch (input.Kind)
        {
            case NodeInputKind.Started:
                parts.Start(turn);
                break;
            case NodeInputKind.DatagramArrived:
            case NodeInputKind.FrameArrived:
                Read(input.Peer, input.Bytes, turn);
                break;
            case NodeInputKind.StreamFailed:
                swim.OnStreamFailed(input.Peer, input.Failure, turn);
                break;
            case NodeInputKind.TimerDue:
                parts.Fire(input.Timer, turn);
                break;
            case NodeInputKind.Persisted:
                replicator.OnPersisted(input.Position, turn);
                break;
            case NodeInputKind.PodReported:
                foreach (var part in reportObservers) part.OnReport(input.Report!, turn);
                break;
            case NodeInputKind.Asked when replicator.IsDamaged && !keeper.HasSynced && input.Question is not Look:
                // An edit of a row that is here in part would be older than what the others have of it, and lost against that.
                turn.Reply(input.Request, new Refused(RefusedBecause.Unavailable, DamagedWait));
                break;
            case NodeInputKind.Asked when disk.Objection(input.Question!) is { } objection:
                turn.Reply(input.Request, new Refused(RefusedBecause.Unavailable, objection));
                break;
            case NodeInputKind.Asked:
                parts.Ask(input.Request, input.Question!, turn);
                break;
            case NodeInputKind.DiskReported:
                disk.Take(input.Disk!, isAlone: LiveMembers <= 1);
                if (disk.HasFailed && disk.HandsOver) parts.Leave(turn);
                break;
            case NodeInputKind.HostAnswered:
                bidder.OnHostAnswer(input.HostAnswer!, turn);
                break;
            case NodeInputKind.StopRequested:
                parts.Stop(turn);
                break;
            case NodeInputKind.LeaveRequested:
                parts.Leave(turn);
                break;
        }
        Settle(turn);
        while (outbox.TakeLooped() is { IsEmpty: false } toSelf)
        {
            ReadMessages(toSelf, self.Id, self.Address, isStale: false, turn);
            Settle(turn);
        }
        outbox.Flush(turn);
        parts.Sent(turn);
    }

    /// <summary>Everything this node knows, as of now. The same object as long as nothing changed.</summary>
    public ClusterView View(Now now) => views.Build(now);

    /// <summary>Everything that must survive a restart, for <see cref="IStore.Compact"/>.</summary>
    public void WriteSnapshot(IBufferWriter<byte> into) => replicator.WriteSnapshot(into);

    /// <summary>It was told of others, or what is left of its tables tells of some: they know it, too, and look for it.</summary>
    bool KnowsOthers(NodeConfig config) =>
        config.Seeds.Any(seed => seed != self.Address) || config.Acquainted.Length > 1
        || replicator.MetOthers || slots.TellsOfOthers(self.Id);

    void Read(NodeAddress from, ReadOnlyMemory<byte> payload, Turn turn)
    {
        if (!Envelope.TryReadHeader(payload.Span, out var sender, out var boot))
        {
            turn.Rejected(from, Reject.Truncated);
            return;
        }
        var verdict = swim.Admit(sender, boot, from, turn);
        if (verdict != Reject.None) turn.Rejected(from, verdict);
        if (verdict is not (Reject.None or Reject.StaleBoot)) return;
        ReadMessages(payload[Limits.EnvelopeHeader..], sender, from, verdict == Reject.StaleBoot, turn);
    }

    /// <param name="isStale">From an earlier life of its sender, which may speak of membership only: so it learns of its later one.</param>
    void ReadMessages(ReadOnlyMemory<byte> rest, NodeId sender, NodeAddress from, bool isStale, Turn turn)
    {
        Reject verdict;
        while (Envelope.TryNext(ref rest, out var kind, out var body, out verdict))
        {
            var message = new Message(kind, body, sender, from);
            trace?.OnMessage(message);
            try
            {
                parts.Deliver(message, turn, only: isStale ? swim : null);
            }
            catch (Exception malformed) when (Codec.IsMalformed(malformed))
            {
                turn.Rejected(from, Reject.Malformed); // this message is lost; those beside it are not
            }
        }
        if (verdict != Reject.None) turn.Rejected(from, verdict);
    }

    /// <summary>Runs until nothing changes any more. Each part reads only those before it, so it ends.</summary>
    void Settle(Turn turn)
    {
        while (swim.Changes.Count > 0 || replicator.Changes.Count > 0 || Auctioneer.Reports.Count > 0
            || slots.Dirty.Count > 0 || slots.DirtyConfig.Count > 0)
        {
            foreach (var report in Auctioneer.Reports) slots.Apply(report, turn.Now);
            Auctioneer.Reports.Clear();
            for (var i = 0; i < swim.Changes.Count; i++)
            {
                var change = swim.Changes[i];
                trace?.OnMember(change);
                foreach (var part in memberObservers) part.OnMember(change, turn);
            }
            swim.Changes.Clear();
            for (var i = 0; i < replicator.Changes.Count; i++)
            {
                var change = replicator.Changes[i];
                trace?.OnRow(change);
                foreach (var part in rowObservers) part.OnRow(change, turn);
            }
            replicator.Changes.Clear();
            dirty.AddRange(slots.Dirty);
            slots.Dirty.Clear();
            foreach (var pod in dirty)
                foreach (var part in slotObservers) part.OnSlot(pod, turn);
            dirty.Clear();
            foreach (var config in slots.DirtyConfig)
                foreach (var part in slotObservers) part.OnConfig(config, turn);
            slots.DirtyConfig.Clear();
        }
        parts.Settle(turn);
        if (believesTables || !(replicator.HasSynced || keeper.HasSynced)) return;
        believesTables = true;
        parts.Synced(turn);
    }

    /// <summary>Shares the room of a datagram between news of members and news of rows, so that neither starves the other.</summary>
    sealed class Rumours(Swim members, Replicator rows) : IPiggyback
    {
        bool rowsFirst;

        public int Fill(Span<byte> room)
        {
            rowsFirst = !rowsFirst;
            IPiggyback first = rowsFirst ? rows : members, second = rowsFirst ? members : rows;
            var written = first.Fill(room);
            return written + second.Fill(room[written..]);
        }
    }
}
