using Gossip.Core.Membership;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Scheduling;
using Gossip.Core.Turns;
using Gossip.Core.Wire;

namespace Gossip.Bench.Placement;

/// <summary>One node's real bidder and auctioneer; what it sends goes to the others in memory.</summary>
sealed class BenchNode : NodeEffects, INodePart
{
    readonly BenchCluster cluster;
    readonly Outbox outbox;
    readonly Swim swim;
    readonly Bidder bidder;
    readonly int index;
    readonly NodeParts parts;

    public BenchNode(BenchCluster cluster, int index, NodeCard card)
    {
        this.cluster = cluster;
        this.index = index;
        Config = new NodeConfig(card, [], NodeTimings.Lan, (ulong)index + 1, 1);
        outbox = new Outbox(card.Id) { Boot = 1, Address = card.Address };
        swim = new Swim(Config, 1, new RandomStream((ulong)index + 1), outbox);
        Room = new OwnRoom(Config, cluster.Placed, swim);
        bidder = new Bidder(
            Config, cluster.Slots, cluster.Placed, cluster.Typical, Room, swim, cluster.Tables, outbox, SchedulingRules.Default);
        Auctioneer = new Auctioneer(
            Config, cluster.Slots, cluster.Placed, cluster.Typical, cluster.Ring.As(card.Id), cluster.Tables, cluster.Tables,
            new RandomStream((ulong)index + 7), outbox, SchedulingRules.Default);
        parts = new NodeParts(bidder, this, Auctioneer);
        bidder.Start(Turn);
        Auctioneer.Start(Turn);
        Room.Capacity.Become("", Turn.Now);
    }

    public NodeConfig Config { get; }
    public OwnRoom Room { get; }
    public ulong Rejections { get; private set; }

    /// <summary>As it told it last.</summary>
    public Capacity Told => swim.OwnCapacity;

    public Auctioneer Auctioneer { get; }

    public void Read(ReadOnlyMemory<byte> datagram)
    {
        Envelope.TryReadHeader(datagram.Span, out var sender, out _);
        ReadMessages(datagram[Limits.EnvelopeHeader..], sender);
        Flush();
    }

    public void Due(NodeTimer timer)
    {
        parts.Fire(timer, Turn);
        Flush();
    }

    public void OnSlot(PodId pod)
    {
        Auctioneer.OnSlot(pod, Turn);
        Flush();
    }

    /// <summary>It was told of all that changed.</summary>
    public void OnSettled()
    {
        Auctioneer.OnSettled(Turn);
        Flush();
    }

    /// <summary>What is free is told at once.</summary>
    public void Tell()
    {
        Room.Capacity.Become("", Turn.Now);
        Flush();
    }

    /// <summary>The turn's end: what it has to say is sent.</summary>
    public void Flush()
    {
        while (outbox.TakeLooped() is { IsEmpty: false } toSelf) ReadMessages(toSelf, Config.Card.Id);
        outbox.Flush(Turn);
        cluster.Heard(index, swim.OwnCapacity);
    }

    Turn Turn => new(cluster.Now, this);

    void ReadMessages(ReadOnlyMemory<byte> rest, NodeId sender)
    {
        var from = cluster.Ring.Find(sender)!.Address;
        while (Envelope.TryNext(ref rest, out var kind, out var body, out _))
            parts.Deliver(new Message(kind, body, sender, from), Turn);
    }

    /// <summary>The pods' keeper's part in a preemption.</summary>
    void INodePart.OnCommands(Turn turn)
    {
        if (Room.Preemptions.TakeAsked() is not { } preemption) return;
        foreach (var victim in preemption.Victims) cluster.Evict(victim, this);
        Room.Preemptions.Perform(preemption);
    }

    public override void Send(NodeAddress to, ReadOnlySpan<byte> datagram) => cluster.Post(to, datagram);
    public override void SendFrame(NodeAddress to, ReadOnlySpan<byte> frame) => cluster.Post(to, frame);
    public override void Wake(NodeTimer timer, TimeSpan after) => cluster.Wake(index, timer, after);
    public override void Rejected(NodeAddress from, Reject why) => Rejections++;
    public override void Persist(LogPosition position, ReadOnlySpan<byte> record) => throw new InvalidOperationException("rows go to the one table");
    public override void Perform(PodCommand command) => throw new InvalidOperationException("nothing runs here");
    public override void Reply(RequestId request, Reply reply) => throw new InvalidOperationException("nobody asked");
    public override void Note(NodeNote note) { }
}
