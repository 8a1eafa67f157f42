using System.Buffers;
using Gossip.Core.Disruption;
using Gossip.Core.Membership;
using Gossip.Core.Model;
using Gossip.Core.Pods;
using Gossip.Core.Ports;
using Gossip.Core.Replication;
using Gossip.Core.Requests;
using Gossip.Core.Scheduling;
using Gossip.Core.Singletons;
using Gossip.Core.View;
using Gossip.Core.Wire;
using Gossip.Core.Workloads;
using MessagePack;

namespace Gossip.Core;

/// <summary>
/// The whole node: (input, now) -> effects. Production and simulation drive the same one.
/// A turn takes one input to the part that it is for, then lets what changed run down the parts in one direction:
/// members and rows -> slots -> auctions and pods -> books -> capacity; last, what there is to say is sent.
/// </summary>
/// <remarks>
/// One owner calls it, never two at once; it holds no lock, clock, thread or luck of its own. Inputs:
/// <see cref="NodeInput"/>. Outputs: <see cref="NodeEffects"/>. Timers: <see cref="NodeTimerKind"/>.
/// </remarks>
public sealed class NodeMachine
{
    readonly Outbox outbox;
    readonly Swim swim;
    readonly Replicator replicator;
    readonly SlotTable slots;
    readonly Bidder bidder;
    readonly Auctioneer auctioneer;
    readonly PodKeeper keeper;
    readonly BudgetKeeper budgets;
    readonly Evictor evictor;
    readonly Voter voter;
    readonly Rebalancer rebalancer;
    readonly Consent consent;
    readonly VoterChange voterChange;
    readonly ViewBuilder views;
    readonly Clerk clerk;
    readonly Sweeper sweeper;
    readonly Rumours rumours;
    readonly List<PodId> dirty = [];
    readonly NodeCard self;
    readonly bool isCrowded;
    bool believesTables;

    public NodeMachine(NodeConfig config, StoreContents contents)
    {
        var boot = Replicator.NextBoot(config, contents);
        var luck = new Luck(StableHash.Mix(config.Seed, boot));
        outbox = new Outbox(config.Card.Id) { Boot = boot, Address = config.Card.Address };
        self = config.Card;
        isCrowded = config.Crowd is not null;
        swim = new Swim(config, boot, luck.For("swim"), outbox);
        replicator = new Replicator(config, contents, luck.For("replication"), outbox, swim);
        slots = new SlotTable(replicator, swim, config.Timings, config.Crowd);
        bidder = new Bidder(config, slots, swim, replicator, outbox);
        auctioneer = new Auctioneer(config, slots, swim, replicator, replicator, luck.For("auction"), outbox);
        keeper = new PodKeeper(config, slots, swim, replicator, replicator, bidder, outbox);
        voter = new Voter(config, slots, swim, outbox);
        consent = new Consent(config, slots, swim, replicator, replicator, outbox);
        voterChange = new VoterChange(slots, swim, replicator, outbox);
        budgets = new BudgetKeeper(config, slots, swim, replicator, replicator, outbox);
        evictor = new Evictor(slots, swim, budgets, outbox);
        rebalancer = new Rebalancer(config, slots, swim, bidder, keeper, evictor);
        views = new ViewBuilder(slots, swim);
        sweeper = new Sweeper(slots, swim, replicator);
        clerk = new Clerk(slots, replicator, replicator, views);
        rumours = new Rumours(swim, replicator);
        outbox.Piggyback = rumours;
    }

    /// <summary>Which life of the node this is. It may still grow, when peers remember a later one.</summary>
    public ulong Boot => outbox.Boot;

    /// <summary>True once the tables may be believed: a session with a peer is over, or there are no peers.</summary>
    public bool HasSynced => believesTables;

    /// <summary>The parts, for checkers and benchmarks.</summary>
    internal Swim Members => swim;
    internal Replicator Tables => replicator;
    internal SlotTable Slots => slots;
    internal Bidder Bidder => bidder;
    internal Auctioneer Auctioneer => auctioneer;
    internal PodKeeper Keeper => keeper;
    internal Rebalancer Rebalancer => rebalancer;

    /// <summary>The simulator's checkers see every change of a row and of a member as the slot table is about to.</summary>
    internal Action<RowChange>? RowChanged { get; set; }
    internal Action<MemberChange>? MemberChanged { get; set; }

    /// <summary>They also see every message before it is handled, those that a node sends itself among them.</summary>
    internal Action<NodeId, MessageKind, ReadOnlyMemory<byte>>? MessageRead { get; set; }

    /// <summary>Takes one input to its end.</summary>
    public void Handle(in NodeInput input, Now now, NodeEffects effects)
    {
        switch (input.Kind)
        {
            case NodeInputKind.Started:
                swim.Start(now, effects);
                replicator.Start(effects);
                bidder.Start(now);
                auctioneer.Start();
                keeper.Start(effects);
                budgets.Start(now);
                voter.Start(now);
                rebalancer.Start(effects);
                break;
            case NodeInputKind.DatagramArrived:
            case NodeInputKind.FrameArrived:
                Read(input.Peer, input.Bytes, now, effects);
                break;
            case NodeInputKind.StreamFailed:
                swim.OnStreamFailed(input.Peer, input.Failure, now, effects);
                break;
            case NodeInputKind.TimerDue:
                _ = swim.TryHandle(input.Timer, now, effects)
                    || replicator.TryHandle(input.Timer, now, effects)
                    || bidder.TryHandle(input.Timer, now, effects)
                    || auctioneer.TryHandle(input.Timer, now, effects)
                    || keeper.TryHandle(input.Timer, now, effects)
                    || evictor.TryHandle(input.Timer, now, effects)
                    || rebalancer.TryHandle(input.Timer, now, effects)
                    || voterChange.TryHandle(input.Timer, now, effects);
                break;
            case NodeInputKind.Persisted:
                replicator.OnPersisted(input.Position, now, effects);
                break;
            case NodeInputKind.PodReported:
                keeper.OnReport(input.Report!, now, effects);
                break;
            case NodeInputKind.Asked when input.Question is EvictPod eviction:
                evictor.Handle(input.Request, eviction, now, effects);
                break;
            case NodeInputKind.Asked when input.Question is ChangeVoters change:
                voterChange.Handle(input.Request, change, now, effects);
                break;
            case NodeInputKind.Asked:
                clerk.Handle(input.Request, input.Question!, now, effects);
                break;
            case NodeInputKind.HostAnswered:
                bidder.OnHostAnswer(input.HostAnswer!, now, effects);
                break;
            case NodeInputKind.LeaveRequested:
                swim.Leave(now, effects);
                bidder.Close("leaving", now, effects);
                keeper.OnLeave(now, effects);
                break;
        }
        Settle(now, effects);
        while (outbox.TakeLooped() is { IsEmpty: false } toSelf)
        {
            ReadMessages(toSelf, self.Id, self.Address, isStale: false, now, effects);
            Settle(now, effects);
        }
        outbox.Flush(effects);
        swim.KeepGossiping(effects);
        replicator.KeepGossiping(effects);
    }

    /// <summary>Everything this node knows, as of now. The same object as long as nothing changed.</summary>
    public ClusterView View(Now now) => views.Build(now);

    /// <summary>Everything that must survive a restart, for <see cref="IStore.Compact"/>.</summary>
    public void WriteSnapshot(IBufferWriter<byte> into) => replicator.WriteSnapshot(into);

    void Read(NodeAddress from, ReadOnlyMemory<byte> payload, Now now, NodeEffects effects)
    {
        if (!Envelope.TryReadHeader(payload.Span, out var sender, out var boot))
        {
            effects.Rejected(from, Reject.Truncated);
            return;
        }
        var verdict = swim.Admit(sender, boot, from, now, effects);
        if (verdict != Reject.None) effects.Rejected(from, verdict);
        if (verdict is not (Reject.None or Reject.StaleBoot)) return;
        ReadMessages(payload[Limits.EnvelopeHeader..], sender, from, verdict == Reject.StaleBoot, now, effects);
    }

    /// <param name="isStale">From an earlier life of its sender, which may speak of membership only: so it learns of its later one.</param>
    void ReadMessages(ReadOnlyMemory<byte> rest, NodeId sender, NodeAddress from, bool isStale, Now now, NodeEffects effects)
    {
        Reject verdict;
        while (Envelope.TryNext(ref rest, out var kind, out var body, out verdict))
        {
            MessageRead?.Invoke(sender, kind, body);
            try
            {
                _ = swim.TryHandle(kind, body, sender, from, now, effects)
                    || isStale
                    || replicator.TryHandle(kind, body, sender, from, now, effects)
                    || bidder.TryHandle(kind, body, sender, from, now, effects)
                    || auctioneer.TryHandle(kind, body, sender, from, now, effects)
                    || evictor.TryHandle(kind, body, from, now, effects)
                    || voter.TryHandle(kind, body, sender, from, now, effects)
                    || keeper.TryHandle(kind, body, sender, now, effects)
                    || consent.TryHandle(kind, body, from, now, effects)
                    || voterChange.TryHandle(kind, body, sender, now, effects);
            }
            catch (Exception malformed) when (Codec.IsMalformed(malformed))
            {
                effects.Rejected(from, Reject.Malformed); // this message is lost; those beside it are not
            }
        }
        if (verdict != Reject.None) effects.Rejected(from, verdict);
    }

    /// <summary>Runs until nothing changes any more. Each part reads only those before it, so it ends.</summary>
    void Settle(Now now, NodeEffects effects)
    {
        while (swim.Changes.Count > 0 || replicator.Changes.Count > 0 || slots.Dirty.Count > 0 || slots.DirtyConfig.Count > 0)
        {
            for (var i = 0; i < swim.Changes.Count; i++)
            {
                var change = swim.Changes[i];
                MemberChanged?.Invoke(change);
                slots.Apply(change, now);
                if (!isCrowded) views.Observe(change, now);
                auctioneer.OnMember(change, now, effects);
                keeper.OnMember(change, now, effects);
            }
            swim.Changes.Clear();
            for (var i = 0; i < replicator.Changes.Count; i++)
            {
                var change = replicator.Changes[i];
                RowChanged?.Invoke(change);
                slots.Apply(change, now);
                if (!isCrowded) views.Observe(change, now);
            }
            replicator.Changes.Clear();
            dirty.AddRange(slots.Dirty);
            slots.Dirty.Clear();
            foreach (var pod in dirty)
            {
                keeper.OnSlot(pod, now, effects);
                auctioneer.OnSlot(pod, now, effects);
            }
            dirty.Clear();
            foreach (var config in slots.DirtyConfig) keeper.OnConfig(config, now, effects);
            slots.DirtyConfig.Clear();
        }
        auctioneer.OnSettled(now, effects);
        consent.Observe(now);
        keeper.OnSettled(now, effects);
        clerk.OnSettled(now, effects);
        sweeper.Sweep(now, effects);
        if (believesTables || !replicator.HasSynced) return;
        believesTables = true;
        keeper.OnSynced(now, effects);
        budgets.OnSynced();
        consent.OnSynced();
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
