using System.Collections.Immutable;
using Gossip.Core;
using Gossip.Core.Membership;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Turns;
using Gossip.Core.Wire;
using Gossip.Simulation.Checkers;
using Gossip.Simulation.Machines;
using Gossip.Simulation.Network;
using Gossip.Simulation.Time;

namespace Gossip.Simulation;

/// <summary>
/// A cluster under virtual time: takes the earliest event, hands it to its node, and lets the checkers look. One
/// thread owns it. Everything that happens follows from the seed.
/// </summary>
internal sealed class World
{
    /// <summary>Enough to see what is wrong; the run stops at the first anyway when it may.</summary>
    const int ViolationsMax = 16;

    readonly WireBuffer sent = new(Limits.DatagramPayload);
    readonly List<Violation> violations = [];
    readonly Func<string> replay;
    readonly Dictionary<NodeId, SimNode> byId = [];
    Checker[] checkers = [];
    TraceHash trace;
    long nextSecond;

    /// <param name="large">
    /// For thousands of nodes: they know each other from the start, as if they had joined, share what never changes, and note
    /// no events; disks take their time and keep nothing, since no node comes back.
    /// </param>
    public World(int nodes, ulong seed, NodeTimings timings, Func<int, NodeCard> card, Func<string> replay, WorldFaults faults, bool large = false)
    {
        this.replay = replay;
        RandomStream = new RandomStream(StableHash.Mix(seed));
        trace = new TraceHash(seed);
        Timings = timings;
        Network = new SimNetwork(nodes, RandomStream.For("network"), Queue, Buffers, Sometimes);
        var clocks = RandomStream.For("clocks");
        var seeds = Enumerable.Range(0, large ? 0 : Math.Min(3, nodes)).Select(SimNetwork.AddressOf).ToArray(); // who knows everybody does not join
        Nodes = new SimNode[nodes];
        ImmutableArray<Member> acquainted = large ? Acquaintances(nodes, card) : [];
        var shared = large ? new SharedRows() : null;
        for (var i = 0; i < nodes; i++)
        {
            var clock = new SimClock(
                (long)(clocks.Next() >> 20), (clocks.Unit() * 2 - 1) * faults.Drift,
                (clocks.Unit() * 2 - 1) * faults.WallError);
            var config = new NodeConfig(card(i), [.. seeds], timings, StableHash.Mix(seed, (ulong)i), 0) { Acquainted = acquainted };
            Nodes[i] = new SimNode(this, i, config, clock, new RandomStream(StableHash.Mix(seed, (ulong)(i + 1000))), shared, lies: i == faults.Liar);
            byId[Nodes[i].Id] = Nodes[i];
        }
    }

    public EventQueue Queue { get; } = new();
    public BufferPool Buffers { get; } = new();

    /// <summary>Where nodes write down all that they hold, one after the other.</summary>
    public WireBuffer Snapshot { get; } = new(64 * 1024);
    public Sometimes Sometimes { get; } = new();
    public SimNetwork Network { get; }
    public SimNode[] Nodes { get; }
    public NodeTimings Timings { get; }

    /// <summary>The root of all that is random in this run; take a stream with <see cref="Core.Primitives.RandomStream.For"/>.</summary>
    public RandomStream RandomStream { get; }

    public long Events { get; private set; }
    public ulong Hash => trace.Value;
    public IReadOnlyList<Violation> Violations => violations;
    public TimeSpan Elapsed => new(Queue.Now);

    /// <summary>Every fault is over: from here on nothing excuses a pod without a copy.</summary>
    public bool IsHealed { get; set; }

    /// <summary>Prints what happens, for whoever looks for a cause.</summary>
    public TextWriter? Log { get; set; }

    public void Check(IEnumerable<Checker> those) => checkers = [.. those];

    public SimNode? NodeOf(NodeId id) => byId.GetValueOrDefault(id);

    /// <summary>Runs a step of the scenario later.</summary>
    public void After(TimeSpan after, Action what) =>
        Queue.Add(Queue.Now + Math.Max(0, after.Ticks), new SimEvent { Kind = SimEventKind.Script, Payload = what });

    /// <summary>Lets time pass; stops early at a violation.</summary>
    public void RunFor(TimeSpan time)
    {
        var until = Queue.Now + time.Ticks;
        while (Queue.NextAt <= until && violations.Count == 0) Step();
        if (violations.Count == 0) Queue.SkipTo(until);
    }

    /// <summary>Runs until it holds, looking every <paramref name="every"/>; false when it did not within the time.</summary>
    public bool RunUntil(Func<bool> holds, TimeSpan within, TimeSpan every)
    {
        var until = Queue.Now + within.Ticks;
        while (violations.Count == 0)
        {
            if (holds()) return true;
            if (Queue.Now >= until) return false;
            RunFor(every);
        }
        return false;
    }

    public void Violate(string rule, SimNode? node, string what)
    {
        if (violations.Count < ViolationsMax)
            violations.Add(new Violation(rule, node?.Config.Card.Name ?? "", Elapsed, what, replay()));
    }

    /// <summary>Gives one input to a node's machine and lets the checkers look before and after.</summary>
    public void Handle(SimNode node, in NodeInput input)
    {
        Events++;
        trace.Add((ulong)input.Kind << 56 ^ (ulong)node.Index << 32 ^ (ulong)Queue.Now);
        trace.Add((ulong)input.Timer.Kind ^ input.Timer.Subject ^ input.Timer.Epoch ^ input.Position.Value);
        if (!input.Bytes.IsEmpty) trace.Add(input.Bytes.Span);
        foreach (var checker in checkers) checker.Before(node, input);
        try
        {
            node.Machine!.Handle(input, node.Now, node);
        }
        catch (Exception bug) // whatever it is: the core must not throw for anything that the world does
        {
            Violate("THROW", node, $"{input.Kind} {input.Timer}: {bug}");
            return;
        }
        foreach (var checker in checkers) checker.After(node, input);
    }

    /// <summary>A process begins.</summary>
    public void Watch(SimNode node)
    {
        foreach (var checker in checkers) checker.Started(node);
    }

    /// <summary>Tells the checkers what a node does.</summary>
    internal INodeTrace TraceOf(SimNode node) => new CheckerTrace(this, node);

    sealed class CheckerTrace(World world, SimNode node) : INodeTrace
    {
        public void OnMember(in MemberChange change)
        {
            foreach (var checker in world.checkers) checker.MemberChanged(node, change);
        }

        public void OnRow(in RowChange change)
        {
            foreach (var checker in world.checkers) checker.RowChanged(node, change);
        }

        public void OnMessage(in Message message)
        {
            if (message.Kind < MessageKind.Ask) return;
            foreach (var checker in world.checkers)
            {
                if (message.Sender == node.Id) checker.MessageSent(node, node.Address, message.Kind, message.Body); // it never left the node
                checker.MessageArrives(node, message.Sender, message.Kind, message.Body);
            }
        }

        public void OnPreempted(PodRun by, PodRun victim)
        {
            foreach (var checker in world.checkers) checker.Evicted(node, by, victim);
        }
    }

    public void Logged(SimNode node, ReadOnlySpan<byte> record)
    {
        foreach (var checker in checkers) checker.Logged(node, record);
    }

    public void Performed(SimNode node, PodCommand command)
    {
        foreach (var checker in checkers) checker.Performed(node, command);
    }

    public void Prepared(SimNode node)
    {
        foreach (var checker in checkers) checker.Prepared(node);
    }

    public void ContainerRan(SimNode node, PodRun run)
    {
        foreach (var checker in checkers) checker.ContainerRan(node, run);
    }

    public void Noted(SimNode node, NodeNote note) =>
        Log?.WriteLine($"{Elapsed.TotalSeconds,9:0.000} {node.Config.Card.Name} {note.Level} {note.Event} {note.Subject} {note.Detail}");

    public void AtRest()
    {
        foreach (var checker in checkers) checker.AtRest();
    }

    public void Sent(SimNode node, NodeAddress to, ReadOnlySpan<byte> payload)
    {
        if (!HasScheduling(payload)) return;
        sent.Clear();
        sent.Write(payload);
        var rest = sent.WrittenMemory[Limits.EnvelopeHeader..];
        while (Envelope.TryNext(ref rest, out var kind, out var body, out _))
            if (kind >= MessageKind.Ask)
                foreach (var checker in checkers) checker.MessageSent(node, to, kind, body);
    }

    /// <summary>Members in their first life, with all that they have free. Every node's list holds the same objects.</summary>
    static ImmutableArray<Member> Acquaintances(int nodes, Func<int, NodeCard> card)
    {
        var boot = (ulong)(SimClock.Epoch / 1000);
        return [.. Enumerable.Range(0, nodes).Select(card).OrderBy(one => one.Id.Value)
            .Select(one => new Member(one, new Incarnation(boot, 0), MemberState.Alive, default, new Capacity(boot, 1, one.Allocatable, "")))];
    }

    static bool HasScheduling(ReadOnlySpan<byte> payload)
    {
        var at = Limits.EnvelopeHeader;
        while (at + Limits.MessageHeader <= payload.Length)
        {
            if (payload[at] >= (byte)MessageKind.Ask) return true;
            at += Limits.MessageHeader + System.Buffers.Binary.BinaryPrimitives.ReadInt32LittleEndian(payload[(at + 1)..]);
        }
        return false;
    }

    void Step()
    {
        if (Queue.NextAt >= nextSecond)
        {
            nextSecond = Queue.NextAt + TimeSpan.TicksPerSecond;
            foreach (var checker in checkers) checker.EverySecond();
        }
        var what = Queue.Take();
        if (what.Kind == SimEventKind.Script)
        {
            ((Action)what.Payload!)();
            return;
        }
        var node = Nodes[what.Node];
        if (what.Life >= 0 && what.Life != node.Life || !node.IsUp) Miss(node, what);
        else if (node.IsPaused) node.Stash(what);
        else Deliver(node, what);
    }

    void Deliver(SimNode node, in SimEvent what)
    {
        switch (what.Kind)
        {
            case SimEventKind.Datagram:
                Handle(node, NodeInput.DatagramArrived(what.Peer, node.Hears(what.Peer, what.Bytes.AsMemory(0, what.Length))));
                Buffers.Return(what.Bytes!);
                break;
            case SimEventKind.Frame:
                var from = Nodes[SimNetwork.IndexOf(what.Peer)];
                if (Network.Reaches(from, node))
                    Handle(node, NodeInput.FrameArrived(what.Peer, node.Hears(what.Peer, what.Bytes.AsMemory(0, what.Length))));
                else Network.Fail(from, node.Address, StreamFailure.Unreachable, TimeSpan.FromSeconds(1));
                Buffers.Return(what.Bytes!);
                break;
            case SimEventKind.StreamFailed:
                Handle(node, NodeInput.StreamFailed(what.Peer, what.Failure));
                break;
            case SimEventKind.Timer:
                Handle(node, NodeInput.TimerDue(what.Timer));
                break;
            case SimEventKind.Synced:
                node.Synced();
                break;
            case SimEventKind.Report:
                Handle(node, NodeInput.PodReported(what.Payload as PodReport ?? node.Runtime.Survivors()));
                break;
        }
    }

    /// <summary>Something came for a process that is not there (any more).</summary>
    void Miss(SimNode node, in SimEvent what)
    {
        if (what.Bytes is null) return;
        var from = Nodes[SimNetwork.IndexOf(what.Peer)];
        var isDatagram = what.Kind == SimEventKind.Datagram;
        // A machine without the process answers a datagram with ICMP and a frame with a reset; one without power, with nothing.
        if (node.HasPower && Network.Reaches(from, node)) Network.Fail(from, node.Address, StreamFailure.Refused, Network.Latency());
        else if (!isDatagram) Network.Fail(from, node.Address, StreamFailure.Unreachable, TimeSpan.FromSeconds(1));
        Buffers.Return(what.Bytes);
    }
}

/// <summary>What is wrong with the machines from the first moment.</summary>
/// <param name="Drift">Clocks run up to this much fast or slow.</param>
/// <param name="WallError">Wall clocks are up to this far from the truth.</param>
internal sealed record WorldFaults(double Drift, TimeSpan WallError)
{
    /// <summary>One that bids for everything and admits nothing; null for none.</summary>
    public int? Liar { get; init; }

    public static readonly WorldFaults None = new(0, TimeSpan.Zero);
}
