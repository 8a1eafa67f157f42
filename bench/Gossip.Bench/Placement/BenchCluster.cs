using System.Buffers;
using System.Globalization;
using System.Text;
using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Tables;
using Gossip.Core.Tables.Topology;
using Gossip.Core.Templates;
using Gossip.Core.Turns;

namespace Gossip.Bench.Placement;

/// <summary>
/// Every node's auctioneer and bidder, real ones, on one core over one copy of the tables; messages are encoded, travel
/// in memory and are decoded. Time is the bench's own: a message takes <see cref="Hop"/>.
/// </summary>
class BenchCluster
{
    public const string Zone = "topology.kubernetes.io/zone";

    /// <summary>After that a pod counts as one that fits nowhere.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    static readonly TimeSpan Hop = TimeSpan.FromMicroseconds(5);

    readonly Queue<(int To, byte[] Bytes, int Length)> mail = [];
    readonly PriorityQueue<(int Node, NodeTimer Timer), long> timers = new();
    readonly Member[] members;
    readonly BenchNode[] nodes;
    readonly HashSet<PodId> evicted = [];
    readonly Queue<PodId> gossip = [];
    long ticks = TimeSpan.TicksPerHour;
    ulong workloads;

    public BenchCluster(int count, int zones)
    {
        members = [.. Enumerable.Range(0, count).Select(index => Card(index, zones)).OrderBy(card => card.Id.Value).Select((card, at) =>
            new Member(card with { Address = NodeAddress.V4((uint)at + 1, 7946) }, new Incarnation(1, 0), MemberState.Alive, default, new Capacity(1, 1, card.Allocatable, "")))];
        Ring = new Ring(members, members[0].Id);
        Slots = new SlotTable(Tables, Ring, NodeTimings.Lan);
        Placed = new PlacedPods(Ring.Self, Slots.ById);
        Slots.Load(Placed, new BudgetBook(Ring, Slots.ById), new Gangs(), Typical, new VoterBook(Slots.Objects, Slots.ById));
        nodes = [.. members.Select((member, at) => new BenchNode(this, at, member.Card))];
    }

    public OneTable Tables { get; } = new();
    public Ring Ring { get; }
    public SlotTable Slots { get; }
    public PlacedPods Placed { get; }
    public TypicalPods Typical { get; } = new();
    public IReadOnlyList<BenchNode> Nodes => nodes;
    public virtual Now Now => new(new Instant(ticks), new WallTime(1_790_000_000_000 + ticks / TimeSpan.TicksPerMillisecond));
    public long Messages { get; protected set; }

    /// <summary>Hears every change of a row, as a node that only listens would.</summary>
    public Action<Row>? Changed { get; set; }

    /// <summary>scheduler_perf's node: 4 cores, 32 GiB, 110 pods.</summary>
    static NodeCard Card(int index, int zones) => new(
        string.Create(CultureInfo.InvariantCulture, $"node-{index}"), NodeAddress.None, Labels.Of((Zone, string.Create(CultureInfo.InvariantCulture, $"zone-{index % zones}"))), [],
        new Resources(new MilliCpu(4000), new Bytes(32L << 30), default, 110, []), [RuntimeNames.Process], "");

    /// <summary>A user wants so many pods; their slots are derived, and nobody is asked yet.</summary>
    public PodId[] Want(string name, string template, int replicas)
    {
        var birth = new ObjectBirth(new ObjectName("Deployment", "default", string.Create(CultureInfo.InvariantCulture, $"{name}-{++workloads}")), "apps/v1").ToBytes();
        var uid = Tables.Create(RowKind.Object,
        [
            (Fields.Birth, birth),
            (Fields.Replicas, Encoding.UTF8.GetBytes(replicas.ToString(CultureInfo.InvariantCulture))),
            (Fields.Template, Encoding.UTF8.GetBytes(template)),
        ], new Turn(Now, nodes[0]));
        foreach (var change in Tables.Commit(Now)) Slots.Apply(change, Now);
        Slots.Dirty.Clear();
        var derived = Slots.Objects.Find(uid)!;
        if (derived.Spec?.Template is null) throw new InvalidOperationException($"{name}: {derived.Spec?.Field} {derived.Spec?.Problem}");
        return [.. derived.Slots.Select(slot => slot.Id)];
    }

    /// <summary>Pods that are there already: on every node in turn, without an auction.</summary>
    public void Fill(IReadOnlyList<PodId> pods, int everyNth = 1)
    {
        for (var i = 0; i < pods.Count; i++)
        {
            var at = (int)((long)i * everyNth % nodes.Length);
            Put(pods[i], nodes[at]);
        }
        foreach (var node in nodes) node.Tell();
    }

    /// <summary>
    /// The keeper's part: the admission is put away, and then nothing is left of the run. Nobody calls its pod again, as with the
    /// bare pods that scheduler_perf has evicted.
    /// </summary>
    public void Evict(PodRun run, BenchNode from)
    {
        evicted.Add(run.Pod);
        from.Room.Leaves(run);
        foreach (var admission in Slots.Find(run.Pod)!.Admissions)
            if (admission.Run == run) Tables.Remove(admission.Uid, new Turn(Now, from), (_, later) => from.Room.Free(run, later));
    }

    /// <summary>A pod is on a node from now on, whoever decided that.</summary>
    public void Put(PodId pod, BenchNode node)
    {
        var run = new PodRun(pod, Epoch.First);
        if (!node.Room.Adopt(run, Slots.Find(pod)!.Template, runs: false, new Turn(Now, node)))
            throw new InvalidOperationException("no room for it");
        Tables.Create(RowKind.Admission,
        [
            (Fields.Birth, AdmissionCodec.Write(new AdmissionBirth(node.Config.Card.Id, run, Tables.Tick(Now), "") { Won = new Victory(987, 13), Priority = Slots.PriorityOf(Slots.Find(pod)!) })),
            (Fields.Status, AdmissionCodec.Write(AdmissionStatus.Admitted)),
        ], new Turn(Now, node));
        foreach (var change in Tables.Commit(Now)) Slots.Apply(change, Now);
        Slots.Dirty.Clear();
    }

    /// <summary>Auctions them to the end, one auctioneer's chunk after the other; how many found a place within so many rounds each.</summary>
    public int Place(IReadOnlyList<PodId> pods)
    {
        var placed = 0;
        for (int from = 0, to; from < pods.Count; from = to)
        {
            var point = Chunk.PointOf(pods[from]);
            for (to = from; to < pods.Count && Chunk.PointOf(pods[to]) == point;) nodes[OwnerOf(pods[from])].OnSlot(pods[to++]);
            nodes[OwnerOf(pods[from])].OnSettled();
            Settle();
            var (until, pending) = (ticks + Patience.Ticks, from);
            while (timers.TryPeek(out _, out var at) && at <= until)
            {
                while (pending < to && Slots.Find(pods[pending]) is { Admissions.IsEmpty: false }) pending++;
                if (pending == to) break;
                ticks = Math.Max(ticks, at);
                Ripen();
                Settle();
            }
            placed += CountPlaced(pods, from, to);
        }
        return placed;
    }

    public int OwnerOf(PodId pod) => Gossip.Core.Membership.MemberListExtensions.Successor(Ring, Chunk.PointOf(pod));

    public virtual void Post(Gossip.Core.Primitives.NodeAddress to, ReadOnlySpan<byte> datagram)
    {
        var copy = ArrayPool<byte>.Shared.Rent(datagram.Length);
        datagram.CopyTo(copy);
        mail.Enqueue(((int)(uint)to.Low - 1, copy, datagram.Length));
        Messages++;
    }

    public virtual void Wake(int node, NodeTimer timer, TimeSpan after) => timers.Enqueue((node, timer), ticks + Math.Max(0, after.Ticks));

    /// <summary>What a node told of its capacity is known to all at once.</summary>
    public virtual void Heard(int node, Capacity told)
    {
        if (told.IsNewerThan(members[node].Capacity)) members[node] = members[node] with { Capacity = told };
    }

    int CountPlaced(IReadOnlyList<PodId> pods, int from, int to)
    {
        var placed = 0;
        for (var i = from; i < to; i++)
            if (Slots.Find(pods[i]) is { Admissions.IsEmpty: false }) placed++;
        return placed;
    }

    void Settle()
    {
        Apply();
        while (mail.Count > 0 || gossip.Count > 0)
        {
            if (!mail.TryDequeue(out var letter)) // gossip is slower than who is told directly: a verdict comes before its admission
            {
                var pod = gossip.Dequeue();
                nodes[OwnerOf(pod)].OnSlot(pod);
                nodes[OwnerOf(pod)].OnSettled();
                Apply();
                continue;
            }
            ticks += Hop.Ticks;
            nodes[letter.To].Read(letter.Bytes.AsMemory(0, letter.Length));
            ArrayPool<byte>.Shared.Return(letter.Bytes);
            Apply();
            if (timers.TryPeek(out _, out var at) && at <= ticks) Ripen();
        }
    }

    void Ripen()
    {
        while (timers.TryPeek(out var due, out var at) && at <= ticks)
        {
            timers.Dequeue();
            nodes[due.Node].Due(due.Timer);
        }
        Apply();
    }

    /// <summary>What was written is in the tables, and all who wait for that know.</summary>
    public void Apply()
    {
        while (Tables.Commit(Now) is { Count: > 0 } changes)
        {
            foreach (var change in changes)
            {
                Slots.Apply(change, Now);
                if (change.After is { } row) Changed?.Invoke(row);
            }
            foreach (var pod in Slots.Dirty)
                if (!evicted.Contains(pod)) gossip.Enqueue(pod);
            Slots.Dirty.Clear();
        }
    }
}
