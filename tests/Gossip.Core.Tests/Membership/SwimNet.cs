using Gossip.Core.Membership;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Turns;
using Gossip.Core.Wire;

namespace Gossip.Core.Tests.Membership;

/// <summary>
/// Some members and nothing else, under virtual time: the network delays, loses, refuses and parts as told. What it
/// does follows from the seed. Buffers are pooled, so that a steady cluster's allocations are the members' own.
/// </summary>
sealed class SwimNet(ulong seed)
{
    enum EventKind { Datagram, Frame, Failed, Timer }

    readonly record struct Event(EventKind Kind, SwimNode To, int Life, NodeAddress Peer, byte[]? Bytes, int Length, NodeTimer Timer, StreamFailure Why);

    readonly PriorityQueue<Event, (long At, long Order)> events = new(8192);
    readonly Stack<byte[]> pool = new();
    readonly RandomStream random = new(seed);
    long order;

    public ulong Seed => seed;
    public List<SwimNode> Nodes { get; } = [];
    public Instant Now { get; private set; }
    public double Loss { get; set; }
    public bool DatagramsBlocked { get; set; }
    public NodeTimings Timings { get; init; } = NodeTimings.Local;
    public int Frames { get; private set; }

    /// <summary>Whether one may speak to another; both ways are asked for a stream.</summary>
    public Func<SwimNode, SwimNode, bool> Reaches { get; set; } = (_, _) => true;

    public Now Clock => new(Now, new WallTime(Now.Ticks / TimeSpan.TicksPerMillisecond));

    public static NodeAddress AddressOf(int index) => NodeAddress.V4(0x7F000001, (ushort)(7000 + index));

    public static NodeCard Card(string name, NodeAddress at) =>
        new(name, at, Labels.Of(("zone", "a")), [], Resources.Zero with { Cpu = new MilliCpu(4000), Pods = 10 }, ["process"], "");

    /// <summary>Starts a node that knows node 0.</summary>
    public SwimNode Add(string? name = null, NodeAddress? at = null, ulong boot = 100, params int[] seeds)
    {
        var index = Nodes.Count;
        var node = new SwimNode(this, Card(name ?? $"node-{index}", at ?? AddressOf(index)), seeds.Length == 0 ? [0] : seeds);
        Nodes.Add(node);
        node.Start(boot);
        return node;
    }

    public static SwimNet Joined(int count, ulong seed, NodeTimings? timings = null)
    {
        var net = new SwimNet(seed) { Timings = timings ?? NodeTimings.Local };
        for (var i = 0; i < count; i++) net.Add();
        net.Run(TimeSpan.FromSeconds(20), () => net.Agree(count));
        Assert.True(net.Agree(count), $"did not join with seed {seed}");
        return net;
    }

    /// <summary>Every running node sees the same live members, so many.</summary>
    public bool Agree(int live) =>
        Nodes.TrueForAll(node => !node.IsRunning || node.Swim.Live.Length == live);

    /// <summary>Runs until the condition holds or the time is over; returns how long that was.</summary>
    public TimeSpan Run(TimeSpan atMost, Func<bool>? until = null)
    {
        var start = Now;
        var end = Now + atMost;
        while (events.TryPeek(out var next, out var at) && at.At <= end.Ticks)
        {
            if (until is not null && until()) return Now - start;
            events.Dequeue();
            Now = new Instant(at.At);
            Take(next);
        }
        if (until is null || !until()) Now = end;
        return Now - start;
    }

    void Take(in Event next)
    {
        if (next.To.IsRunning && (next.Life == next.To.Life || next.Kind is EventKind.Datagram or EventKind.Frame))
        {
            if (next.Kind == EventKind.Timer) next.To.Due(next.Timer);
            else if (next.Kind == EventKind.Failed) next.To.Fail(next.Peer, next.Why);
            else next.To.Receive(next.Peer, next.Bytes.AsMemory(0, next.Length));
        }
        if (next.Bytes is not null) pool.Push(next.Bytes);
    }

    public void Wake(SwimNode node, NodeTimer timer, TimeSpan after) =>
        Post(after, new Event(EventKind.Timer, node, node.Life, default, null, 0, timer, default));

    public void Send(SwimNode from, NodeAddress to, ReadOnlySpan<byte> bytes, bool isFrame)
    {
        var delay = random.Between(TimeSpan.FromMicroseconds(100), TimeSpan.FromMilliseconds(2));
        if (isFrame) Frames++;
        if (!isFrame && (DatagramsBlocked || random.Chance(Loss))) return;
        SwimNode? target = null;
        var isReached = true;
        foreach (var node in Nodes)
        {
            if (node.Address != to) continue;
            isReached = Reaches(from, node) && (!isFrame || Reaches(node, from));
            if (node.IsRunning) target = node;
        }
        if (target is null || !isReached)
        {
            // A machine that is there refuses at once, also for a datagram; one that is not answers nothing.
            var why = isReached ? StreamFailure.Refused : StreamFailure.Unreachable;
            if (isReached || isFrame)
                Post(isReached ? delay : TimeSpan.FromSeconds(1), new Event(EventKind.Failed, from, from.Life, to, null, 0, default, why));
            return;
        }
        if (!pool.TryPop(out var copy) || copy.Length < bytes.Length) copy = new byte[Math.Max(bytes.Length, Limits.Datagram)];
        bytes.CopyTo(copy);
        // A frame comes from a passing port, of which nobody can be reached.
        var peer = isFrame ? from.Address with { Port = 1 } : from.Address;
        Post(delay, new Event(isFrame ? EventKind.Frame : EventKind.Datagram, target, 0, peer, copy, bytes.Length, default, default));
    }

    void Post(TimeSpan after, in Event happens) => events.Enqueue(happens, ((Now + after).Ticks, order++));
}

/// <summary>One member: what <see cref="NodeMachine"/> does for it, without the rest of a node.</summary>
sealed class SwimNode(SwimNet net, NodeCard card, int[] seeds) : NodeEffects
{
    Outbox outbox = null!;

    public NodeAddress Address => card.Address;
    public NodeId Id => card.Id;
    NodeParts parts = null!;

    public Swim Swim { get; private set; } = null!;
    public bool IsRunning { get; private set; }
    public int Life { get; private set; }
    public ulong Boot => outbox.Boot;
    public Dictionary<Reject, int> Rejects { get; } = [];

    /// <summary>Every change of another's state that this life of the node saw.</summary>
    public List<(NodeId Node, MemberState State)> Saw { get; } = new(1024);

    public Member? View(SwimNode other) => Swim.Find(other.Id);

    public void Start(ulong boot)
    {
        Life++;
        IsRunning = true;
        outbox = new Outbox(card.Id) { Boot = boot };
        var config = new NodeConfig(card, [.. seeds.Select(SwimNet.AddressOf)], net.Timings, boot, boot);
        Swim = new Swim(config, boot, new RandomStream(StableHash.Mix(net.Seed, StableHash.Mix(card.Id.Value, boot))), outbox);
        outbox.Piggyback = Swim;
        parts = new NodeParts(Swim);
        Swim.Start(new Turn(net.Clock, this));
        Settle();
    }

    public void Kill() => IsRunning = false;

    public void Leave()
    {
        Swim.OnLeave(new Turn(net.Clock, this));
        Settle();
    }

    public void Announce(Resources free)
    {
        Swim.Announce(new Capacity(0, 0, free, ""));
        Settle();
    }

    public void Due(NodeTimer timer)
    {
        parts.Fire(timer, new Turn(net.Clock, this));
        Settle();
    }

    public void Fail(NodeAddress to, StreamFailure why)
    {
        Swim.OnStreamFailed(to, why, new Turn(net.Clock, this));
        Settle();
    }

    public void Receive(NodeAddress from, ReadOnlyMemory<byte> payload)
    {
        Assert.True(Envelope.TryReadHeader(payload.Span, out var sender, out var boot));
        var verdict = Swim.Admit(sender, boot, from, new Turn(net.Clock, this));
        if (verdict != Reject.None) Rejected(from, verdict);
        if (verdict is Reject.None or Reject.StaleBoot)
        {
            var rest = payload[Limits.EnvelopeHeader..];
            while (Envelope.TryNext(ref rest, out var kind, out var body, out _))
                parts.Deliver(new Message(kind, body, sender, from), new Turn(net.Clock, this));
        }
        Settle();
    }

    void Settle()
    {
        foreach (var change in Swim.Changes)
            if (change.After is { } after && change.Before?.State != after.State) Saw.Add((change.Node, after.State));
        Swim.Changes.Clear();
        outbox.Flush(new Turn(net.Clock, this));
        Swim.OnSent(new Turn(net.Clock, this));
    }

    public override void Send(NodeAddress to, ReadOnlySpan<byte> datagram)
    {
        Assert.True(datagram.Length is > Limits.EnvelopeHeader and <= Limits.DatagramPayload); // InRange would allocate
        net.Send(this, to, datagram, isFrame: false);
    }

    public override void SendFrame(NodeAddress to, ReadOnlySpan<byte> frame) => net.Send(this, to, frame, isFrame: true);
    public override void Wake(NodeTimer timer, TimeSpan after) => net.Wake(this, timer, after);
    public override void Rejected(NodeAddress from, Reject why) => Rejects[why] = Rejects.GetValueOrDefault(why) + 1;
    public override void Note(NodeNote note) { }
    public override void Persist(LogPosition position, ReadOnlySpan<byte> record) => Assert.Fail("membership keeps nothing");
    public override void Perform(PodCommand command) => Assert.Fail("membership runs nothing");
    public override void Reply(RequestId request, Reply reply) => Assert.Fail("membership answers nobody");
}
