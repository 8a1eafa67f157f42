using System.Text;
using Gossip.Core.Kinds;
using Gossip.Core.Membership;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Requests;
using Gossip.Core.Tables;
using Gossip.Core.Tables.Topology;
using Gossip.Core.Templates;
using Gossip.Core.Turns;
using Gossip.Core.View;
using Gossip.Core.Wire;

namespace Gossip.Core.Tests.Tables;

/// <summary>Tables without a network or a log: a write waits until <see cref="Commit"/>, as it would for its fsync.</summary>
sealed class TestTables : ITables, IRowWriter
{
    readonly SortedDictionary<Uid, Row> rows = [];
    readonly SortedSet<Uid> covered = [];
    readonly List<Func<RowChange>> waiting = [];
    readonly List<(WriteDone? Then, Uid Row)> thens = [];
    ulong seq;
    ulong stamp;

    public int Removals { get; private set; }
    public List<RowChange> History { get; } = [];
    public Row? Find(Uid uid) => rows.GetValueOrDefault(uid);
    public bool Covers(Uid uid) => covered.Contains(uid);
    public IEnumerable<Row> Rows(RowKind kind) => rows.Values.Where(row => row.Kind == kind).ToArray();
    public ulong Version => (ulong)History.Count;
    public ulong VersionOf(Uid uid) => 0;
    public Stamp Tick(Now now) => new(++stamp);

    public Uid Create(RowKind kind, ReadOnlySpan<(string Field, ReadOnlyMemory<byte> Value)> cells, Turn turn, WriteDone? then = null)
    {
        var uid = new Uid(1, ++seq);
        var made = cells.ToArray().Select(cell => new Cell(cell.Field, uid.Birth, 1, Tick(turn.Now), cell.Value)).OrderBy(cell => cell.Field, StringComparer.Ordinal);
        var row = new Row(uid, kind, [.. made]);
        return Wait(uid, () => Put(row), then);
    }

    public void Edit(Uid row, ReadOnlySpan<(string Field, ReadOnlyMemory<byte> Value)> cells, Turn turn, WriteDone? then = null)
    {
        var copy = cells.ToArray();
        Wait(row, () => Put(copy.Aggregate(rows[row], (edited, cell) => With(edited, cell.Field, (edited[cell.Field]?.Generation ?? 0) + 1, cell.Value))), then);
    }

    public void Raise(Uid row, string field, uint to, ReadOnlyMemory<byte> value, Turn turn, WriteDone? then = null) =>
        Wait(row, () => Put(With(rows[row], field, to, value)), then);

    public void Remove(Uid row, Turn turn, WriteDone? then = null)
    {
        Removals++;
        Wait(row, () => new RowChange(row, rows[row].Kind, rows[row], null), then);
    }

    public bool IsIdle => waiting.Count == 0;

    /// <summary>The log confirms: what waited is in the tables now.</summary>
    public List<RowChange> Commit(Turn turn)
    {
        var changes = new List<RowChange>();
        foreach (var write in waiting)
        {
            var change = write();
            covered.Add(change.Uid);
            if (change.After is null) rows.Remove(change.Uid);
            else rows[change.Uid] = change.After;
            changes.Add(change);
        }
        waiting.Clear();
        History.AddRange(changes);
        var done = thens.ToArray();
        thens.Clear();
        foreach (var (then, row) in done) then?.Invoke(row, turn);
        return changes;
    }

    Uid Wait(Uid row, Func<RowChange> write, WriteDone? then)
    {
        waiting.Add(write);
        thens.Add((then, row));
        return row;
    }

    RowChange Put(Row row) => new(row.Uid, row.Kind, rows.GetValueOrDefault(row.Uid), row);

    Row With(Row row, string field, uint generation, ReadOnlyMemory<byte> value)
    {
        var cell = new Cell(field, new Dot(new WriterId(1), ++seq), generation, new Stamp(++stamp), value);
        return row with { Cells = [.. row.Cells.Where(held => held.Field != field).Append(cell).OrderBy(held => held.Field, StringComparer.Ordinal)] };
    }
}

sealed class TestMembers : IMemberList
{
    readonly SortedDictionary<NodeId, Member> all = [];

    public NodeId Self { get; set; } = NodeId.Of("n0");
    public Member? Find(NodeId node) => all.GetValueOrDefault(node);
    public ReadOnlySpan<Member> All => all.Values.ToArray();
    public ReadOnlySpan<Member> Live => all.Values.Where(member => member.IsLive).ToArray();

    public MemberChange Set(string name, MemberState state, Instant since, Labels? labels = null, Taint[]? taints = null)
    {
        var card = new NodeCard(name, NodeAddress.None, labels ?? Labels.Of(("name", name)), [.. taints ?? []], Resources.Zero, [], "");
        var before = Find(card.Id);
        all[card.Id] = new Member(labels is null && before is not null ? before.Card : card, default, state, since, Capacity.Unknown);
        return new MemberChange(card.Id, before, all[card.Id]);
    }
}

sealed class RecordedEffects : NodeEffects
{
    public Dictionary<ulong, Reply> Replies { get; } = [];
    public List<(NodeTimer Timer, TimeSpan After)> Wakes { get; } = [];
    public override void Send(NodeAddress to, ReadOnlySpan<byte> datagram) { }
    public override void SendFrame(NodeAddress to, ReadOnlySpan<byte> frame) { }
    public override void Wake(NodeTimer timer, TimeSpan after) => Wakes.Add((timer, after));
    public override void Persist(LogPosition position, ReadOnlySpan<byte> record) { }
    public override void Perform(PodCommand command) { }
    public override void Reply(RequestId request, Reply reply) => Replies.Add(request.Value, reply);
    public override void Rejected(NodeAddress from, Reject why) { }
    public override void Note(NodeNote note) { }
}

/// <summary>One node's workloads, requests and views over <see cref="TestTables"/>, with members as the test says.</summary>
sealed class TestCluster
{
    public const string Template = """{"metadata":{"labels":{"app":"hello"}},"spec":{"runtimeClassName":"process","containers":[{"name":"web","resources":{"requests":{"cpu":"100m"}}}]}}""";

    readonly List<(NodeId Node, Sweeper Sweeper)> sweepers = [];
    ulong requests;
    long ticks = TimeSpan.TicksPerHour;

    public TestCluster(int nodes = 3)
    {
        var workloads = new WorkloadReader();
        Slots = new SlotTable(Tables, Members, NodeTimings.Lan, workloads: workloads);
        Placed = new PlacedPods(Members.Self, Slots.ById);
        Budgets = new BudgetBook(Members, Slots.ById);
        Gangs = new Gangs();
        Voters = new VoterBook(Slots.Objects, Slots.ById);
        Slots.Load(Placed, Budgets, Gangs, Voters);
        Views = new ViewBuilder(Slots, Budgets, Members);
        RequestHandler = new RequestHandler(Slots, Gangs, Tables, Tables, workloads, Views);
        for (var i = 0; i < nodes; i++)
        {
            Member($"n{i}", MemberState.Alive);
            sweepers.Add((NodeId.Of($"n{i}"), new Sweeper(Slots, Members, Tables)));
        }
    }

    public TestTables Tables { get; } = new();
    public TestMembers Members { get; } = new();
    public RecordedEffects Effects { get; } = new();
    public SlotTable Slots { get; }
    public PlacedPods Placed { get; }
    public BudgetBook Budgets { get; }
    public Gangs Gangs { get; }
    public VoterBook Voters { get; }
    public ViewBuilder Views { get; }
    public RequestHandler RequestHandler { get; }
    public Now Now => new(new Instant(ticks), new WallTime(ticks / TimeSpan.TicksPerMillisecond));
    public ClusterView View => Views.Build(Now);
    public Slot[] Wanted => [.. Slots.Slots.Where(slot => slot.IsDesired).OrderBy(slot => slot.Id)];

    public static ObjectName Deployment(string name) => new("Deployment", "default", name);

    public static ObjectField Field(string path, string json) => new(path, Encoding.UTF8.GetBytes(json));

    public void Pass(TimeSpan time) => ticks += time.Ticks;

    public void Member(string name, MemberState state, Labels? labels = null, params Taint[] taints)
    {
        var change = Members.Set(name, state, Now.Monotonic, labels, taints);
        Slots.Apply(change, Now);
        Views.OnMember(change, new Turn(Now, Effects));
    }

    /// <summary>Lets the log confirm what waits, as often as the confirmed leads to more, as a machine's turns would.</summary>
    public void Settle()
    {
        do
        {
            foreach (var change in Tables.Commit(new Turn(Now, Effects)))
            {
                Slots.Apply(change, Now);
                Views.OnRow(change, new Turn(Now, Effects));
            }
            RequestHandler.OnSettled(new Turn(Now, Effects));
            Pass(TimeSpan.FromSeconds(1));
            Sweep();
        }
        while (!Tables.IsIdle);
    }

    /// <summary>Every live node sweeps, as it would from the same tables.</summary>
    void Sweep()
    {
        var self = Members.Self;
        foreach (var (node, sweeper) in sweepers)
            if (Members.Find(node) is { IsLive: true })
            {
                Members.Self = node;
                sweeper.OnSettled(new Turn(Now, Effects));
            }
        Members.Self = self;
    }

    public ulong Ask(Request request)
    {
        RequestHandler.OnQuestion(new RequestId(++requests), request, new Turn(Now, Effects));
        return requests;
    }

    public Reply Do(Request request)
    {
        var id = Ask(request);
        Settle();
        return Effects.Replies[id];
    }

    public ObjectView Create(ObjectName name, params ObjectField[] fields) =>
        Assert.IsType<ObjectStored>(Do(new CreateObject(name, "v1", [.. fields]))).Object;

    public ObjectView Create(string deployment, int replicas, string template = Template) => Create(Deployment(deployment), Fields(replicas, template));

    public Reply Scale(string deployment, int replicas) => Do(new ReplaceObject(Deployment(deployment), 0, [.. Fields(replicas)]));

    public static ObjectField[] Fields(int replicas, string template = Template) =>
        [Field("spec.replicas", $"{replicas}"), Field("spec.template", template)];

    public Uid Admit(Slot slot, string node, bool ready = true, Func<AdmissionStatus, AdmissionStatus>? status = null, Epoch? epoch = null)
    {
        var run = new PodRun(slot.Id, epoch ?? slot.NextEpoch);
        var birth = AdmissionCodec.Write(new AdmissionBirth(NodeId.Of(node), run, Tables.Tick(Now), "won with 71 over 2 bids"));
        var now = AdmissionStatus.Admitted with { Phase = PodPhase.Running, Ready = ready, Ip = $"127.0.0.{slot.Id.Ordinal + 1}" };
        var uid = Tables.Create(RowKind.Admission, [(Core.Replication.Fields.Birth, birth), (Core.Replication.Fields.Status, AdmissionCodec.Write(status?.Invoke(now) ?? now))], new Turn(Now, Effects));
        Settle();
        return uid;
    }

    public void Withdraw(Uid admission)
    {
        Tables.Remove(admission, new Turn(Now, Effects));
        Settle();
    }
}
