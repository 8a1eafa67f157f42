using Gossip.Bench.Placement;
using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Turns;
using Gossip.Simulation.Network;
using Gossip.Simulation.Time;

namespace Gossip.Bench.Scale;

/// <summary>
/// The placement bench's nodes (real auctioneers and bidders over one copy of tables and members) under virtual time: a
/// message takes the simulator's latency, a write its fsync, and what is written or told of capacity is known to
/// others when the last of them would have it by gossip. So nobody acts on news sooner than a whole node would.
/// </summary>
sealed class BurstCluster : BenchCluster
{
    static readonly TimeSpan Fsync = TimeSpan.FromMilliseconds(1);
    static readonly LinkFaults Links = LinkFaults.None;

    readonly EventQueue queue = new();
    readonly BufferPool buffers = new();
    readonly RandomStream random;
    readonly ulong[] told;
    bool syncs;

    public BurstCluster(int nodes, ulong seed) : base(nodes, 3)
    {
        random = new RandomStream(seed);
        told = new ulong[nodes];
        Gossip = NodeTimings.Lan.GossipInterval * EpidemicRounds(nodes, NodeTimings.Lan.GossipFanout, random.For("epidemic"));
    }

    /// <summary>How long news takes to the last node.</summary>
    public TimeSpan Gossip { get; }

    /// <summary>When each pod's first admission was on its node's disk.</summary>
    public Dictionary<PodId, TimeSpan> Admitted { get; } = [];

    /// <summary>Admissions of pods that had one already.</summary>
    public int Doubled { get; private set; }

    /// <summary>Bytes of rows that every node hears of in the end.</summary>
    public long News { get; private set; }

    public long Events { get; private set; }
    public TimeSpan Elapsed => new(queue.Now);
    public override Now Now => new(new Instant(TimeSpan.TicksPerHour + queue.Now), new WallTime(1_790_000_000_000 + queue.Now / TimeSpan.TicksPerMillisecond));

    public void After(TimeSpan after, Action what) => queue.Add(queue.Now + after.Ticks, new SimEvent { Kind = SimEventKind.Script, Payload = what });

    /// <summary>The pods of a workload that was just asked for are everybody's business once everybody has heard of it.</summary>
    public void Call(PodId[] pods) => After(Fsync + Gossip, () => Tell(pods));

    public void RunUntil(Func<bool> holds, TimeSpan most)
    {
        while (!holds() && queue.NextAt <= most.Ticks) Step();
    }

    public override void Post(NodeAddress to, ReadOnlySpan<byte> datagram)
    {
        var copy = buffers.Rent(datagram.Length);
        datagram.CopyTo(copy);
        Messages++;
        queue.Add(queue.Now + random.Between(Links.LatencyLeast, Links.LatencyMost).Ticks, new SimEvent { Kind = SimEventKind.Datagram, Node = (int)(uint)to.Low - 1, Bytes = copy, Length = datagram.Length });
    }

    public override void Wake(int node, NodeTimer timer, TimeSpan after) =>
        queue.Add(queue.Now + Math.Max(0, after.Ticks), new SimEvent { Kind = SimEventKind.Timer, Node = node, Timer = timer });

    public override void Heard(int node, Capacity told)
    {
        if (queue.Now == 0) base.Heard(node, told); // all know what there is before it begins
        else if (this.told[node] < told.Version)
        {
            this.told[node] = told.Version;
            After(Gossip, () => base.Heard(node, told));
        }
    }

    void Step()
    {
        Events++;
        var what = queue.Take();
        switch (what.Kind)
        {
            case SimEventKind.Datagram:
                Nodes[what.Node].Read(what.Bytes.AsMemory(0, what.Length));
                buffers.Return(what.Bytes!);
                break;
            case SimEventKind.Timer:
                Nodes[what.Node].Due(what.Timer);
                break;
            case SimEventKind.Synced:
                Sync();
                break;
            case SimEventKind.Script:
                ((Action)what.Payload!)();
                break;
        }
        if (syncs || !Tables.HasWrites) return;
        syncs = true;
        queue.Add(queue.Now + Fsync.Ticks, new SimEvent { Kind = SimEventKind.Synced });
    }

    void Sync()
    {
        syncs = false;
        RowChange[] changes = [.. Tables.Commit(Now)];
        foreach (var change in changes)
        {
            if (change.After is { } row) News += Listener.Encode(row).Length;
            if (change.Kind != RowKind.Admission || change.Before is not null || change.After is null) continue;
            if (!Admitted.TryAdd(Core.Tables.AdmissionCodec.ReadBirth(change.After[Fields.Birth]!.Value.Value).Run.Pod, Elapsed)) Doubled++;
        }
        After(Gossip, () =>
        {
            foreach (var change in changes) Slots.Apply(change, Now);
            Tell([.. Slots.Dirty.Distinct()]);
            Slots.Dirty.Clear();
        });
    }

    /// <summary>The auctioneers of those pods look at them.</summary>
    void Tell(IReadOnlyList<PodId> pods)
    {
        foreach (var pod in pods) Nodes[OwnerOf(pod)].OnSlot(pod);
        foreach (var owner in pods.Select(OwnerOf).Distinct()) Nodes[owner].OnSettled();
    }

    /// <summary>Until the last node is reached, when each that knows tells a few at random every round.</summary>
    static int EpidemicRounds(int nodes, int fanout, RandomStream random)
    {
        var knows = new bool[nodes];
        knows[0] = true;
        var rounds = 0;
        for (var reached = 1; reached < nodes; rounds++)
        {
            var before = (bool[])knows.Clone();
            for (var node = 0; node < nodes; node++)
                for (var told = 0; before[node] && told < fanout; told++)
                {
                    ref var peer = ref knows[random.Below(nodes)];
                    if (!peer) reached++;
                    peer = true;
                }
        }
        return rounds;
    }
}
