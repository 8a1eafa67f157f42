using System.Collections.Immutable;
using Gossip.Core.Leases;
using Gossip.Core.Membership;
using Gossip.Core.Pods;
using Gossip.Core.Pods.Departures;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Scheduling;
using Gossip.Core.Tables;
using Gossip.Core.Tables.Topology;
using Gossip.Core.Templates;
using Gossip.Core.Tests.Tables;
using Gossip.Core.Turns;
using Gossip.Core.Wire;

namespace Gossip.Core.Tests.Scheduling;

/// <summary>
/// One node's bidder, auctioneer and keeper over real slots; the test plays the other nodes, the runtime and the clock.
/// Five nodes, or as many as the test says, of which this one comes as the test says on the ring of the pods' chunk.
/// </summary>
sealed class TestNode : NodeEffects, IMemberList
{
    readonly SortedDictionary<NodeId, Member> members = [];
    readonly PriorityQueue<NodeTimer, (long At, int Order)> timers = new();
    readonly Swim swim;
    readonly Outbox outbox;
    readonly ulong point;
    readonly NodeParts parts;
    int order;
    long ticks = TimeSpan.TicksPerHour;

    public TestNode(int rank = 0, int replicas = 1, string template = TestCluster.Template, NodeTimings? timings = null, SchedulingRules? rules = null, Devices? devices = null, int nodes = 5)
    {
        Timings = timings ?? NodeTimings.Lan;
        for (var i = 0; i < nodes; i++)
        {
            var card = new NodeCard($"n{i}", NodeAddress.V4((uint)i + 1, 1), Labels.Empty, [], Some.Room(4000, 4096, 10) with { Disk = new Bytes(1L << 30), Devices = devices ?? Devices.None }, [RuntimeNames.Process], "");
            members.Add(card.Id, new Member(card, new Incarnation(1, 0), MemberState.Alive, default, new Capacity(1, 1, card.Allocatable, "")));
        }
        var birth = new ObjectBirth(TestCluster.Deployment("web"), "apps/v1").ToBytes();
        var fields = TestCluster.Fields(replicas, template).Select(field => (field.Path, field.Json));
        Workload = Tables.Create(RowKind.Object, [.. fields, (Fields.Birth, (ReadOnlyMemory<byte>)birth)], new Turn(Now, this));
        Tables.Commit(new Turn(Now, this));
        var derived = new SlotTable(Tables, this, Timings).Load(new Gangs()).Slots;
        Pods = [.. derived.Select(slot => slot.Id).Order()];
        point = derived.First(slot => slot.Id == Pods[0]).Point;
        Self = Ring[rank];
        var config = new NodeConfig(members[Self].Card, [], Timings, 1, 1);
        outbox = new Outbox(Self) { Boot = 1, Address = config.Card.Address };
        swim = new Swim(config, 1, new RandomStream(1), outbox);
        Slots = new SlotTable(Tables, this, Timings);
        Placed = new PlacedPods(Self, Slots.ById);
        Budgets = new BudgetBook(this, Slots.ById);
        var typical = new TypicalPods();
        var voters = new VoterBook(Slots.Objects, Slots.ById);
        Slots.Load(Placed, Budgets, new Gangs(), typical, voters);
        Hearsay = new Hearsay(Slots, typical, this);
        Room = new OwnRoom(config, Placed, swim);
        Bidder = new Bidder(config, Slots, Placed, typical, Room, swim, Tables, outbox, rules ?? SchedulingRules.Default);
        Auctioneer = new Auctioneer(
            config, Slots, Placed, typical, this, Tables, Tables, new RandomStream(2), outbox, rules ?? SchedulingRules.Default);
        Keeper = new PodKeeper(
            config, Slots, Placed, Hearsay, this, Tables, Tables, Room, new MoveReasons(), new LeaseHolder(config, voters, this, outbox));
        parts = new NodeParts(Bidder, Keeper, Auctioneer);
    }

    public NodeTimings Timings { get; }
    public TestTables Tables { get; } = new();
    public SlotTable Slots { get; }
    public PlacedPods Placed { get; }
    public BudgetBook Budgets { get; }
    public Hearsay Hearsay { get; }
    public OwnRoom Room { get; }
    public Bidder Bidder { get; }
    public Auctioneer Auctioneer { get; }
    public PodKeeper Keeper { get; }
    public Uid Workload { get; }
    public ImmutableArray<PodId> Pods { get; }
    public List<(NodeId To, object Message)> Said { get; } = [];
    public List<PodCommand> Commands { get; } = [];
    public List<HostQuestion> Asked { get; } = [];
    public Capacity OwnCapacity => swim.OwnCapacity;
    public Now Now => new(new Instant(ticks), new WallTime(ticks / TimeSpan.TicksPerMillisecond));
    public PodRun Run => new(Pods[0], Slots.Find(Pods[0])!.NextEpoch);
    public NodeId Self { get; }
    public Member? Find(NodeId node) => members.GetValueOrDefault(node);
    public ReadOnlySpan<Member> All => members.Values.ToArray();
    public ReadOnlySpan<Member> Live => members.Values.Where(member => member.IsLive).ToArray();

    /// <summary>Every node, as it comes on the ring from the point of the first pod's chunk or gang.</summary>
    public NodeId[] Ring => [.. members.Keys.OrderBy(node => Chunk.Distance(point, node))];
    public NodeId[] Others => [.. Ring.Where(node => node != Self)];

    public Admission[] Admissions => [.. Slots.Find(Pods[0])!.Admissions];
    public Admission Own => Admissions.Single(admission => admission.Node == Self);

    /// <summary>The node starts; its pods are what the test says survived, and its tables are believed.</summary>
    public TestNode Start(params SurvivingPod[] survivors)
    {
        Turn(() =>
        {
            Bidder.Start(new Turn(Now, this));
            Auctioneer.Start(new Turn(Now, this));
            Keeper.Start(new Turn(Now, this));
        });
        Turn(() => Keeper.OnReport(new PodsSurvived([.. survivors]), new Turn(Now, this)));
        return this;
    }

    public TestNode Sync()
    {
        Turn(() => Keeper.OnSynced(new Turn(Now, this)));
        return this;
    }

    public void Hear<T>(NodeId from, T message) where T : struct, IWireMessage<T>
    {
        var buffer = new WireBuffer();
        Envelope.Append(buffer, message);
        var body = buffer.WrittenMemory[Limits.MessageHeader..];
        Turn(() => parts.Deliver(new Message(T.Kind, body, from, members[from].Address), new Turn(Now, this)));
    }

    /// <summary>The host app's rules answer.</summary>
    public void Answer(ulong question, string? refusal = null, string fault = "") =>
        Turn(() => Bidder.OnHostAnswer(new HostAnswer(question, refusal, 0, "", fault), new Turn(Now, this)));

    public void Report(PodReport report) => Turn(() =>
    {
        Bidder.OnReport(report, new Turn(Now, this));
        Keeper.OnReport(report, new Turn(Now, this));
    });

    public void Change(NodeId node, Func<Member, Member> change)
    {
        var before = members[node];
        members[node] = change(before);
        var step = new MemberChange(node, before, members[node]);
        Turn(() =>
        {
            Slots.Apply(step, Now);
            Auctioneer.OnMember(step, new Turn(Now, this));
        });
    }

    /// <summary>A user creates something.</summary>
    public Uid Create(ObjectName name, params (string Field, string Json)[] fields)
    {
        var uid = Uid.None;
        var birth = new ObjectBirth(name, "v1").ToBytes();
        Turn(() => uid = Tables.Create(RowKind.Object,
            [.. fields.Select(field => (field.Field, (ReadOnlyMemory<byte>)System.Text.Encoding.UTF8.GetBytes(field.Json))), (Fields.Birth, birth)], new Turn(Now, this)));
        return uid;
    }

    public void Write(Uid row, string field, string value) =>
        Turn(() => Tables.Edit(row, [(field, System.Text.Encoding.UTF8.GetBytes(value))], new Turn(Now, this)));

    /// <summary>Somebody elsewhere ends the present run of a pod.</summary>
    public void EndRun(Slot slot, RunEnd why) => Turn(() => RunEnds.Raise(slot, slot.NextEpoch, why, Tables, Tables, new Turn(Now, this), (_, _) => { }));

    public void Remove(Uid row) => Turn(() => Tables.Remove(row, new Turn(Now, this)));

    public void Die(NodeId node) => Change(node, member => member with { State = MemberState.Dead, Since = Now.Monotonic });

    /// <summary>Another node's admission arrives.</summary>
    public Uid Admit(NodeId node, uint epoch, bool ready, ulong at = 1, Func<AdmissionStatus, AdmissionStatus>? status = null, PodId? pod = null, DeviceGrant? devices = null)
    {
        var birth = new AdmissionBirth(node, new PodRun(pod ?? Pods[0], new Epoch(epoch)), new Stamp(at), "") { Devices = devices };
        var now = AdmissionStatus.Admitted with { Phase = PodPhase.Running, Ready = ready };
        var uid = Uid.None;
        Turn(() => uid = Tables.Create(RowKind.Admission,
            [(Fields.Birth, AdmissionCodec.Write(birth)), (Fields.Status, AdmissionCodec.Write(status?.Invoke(now) ?? now))], new Turn(Now, this)));
        return uid;
    }

    public void Edit(Uid admission, AdmissionStatus status) =>
        Turn(() => Tables.Edit(admission, [(Fields.Status, AdmissionCodec.Write(status))], new Turn(Now, this)));

    public void Pass(TimeSpan time)
    {
        var end = ticks + time.Ticks;
        while (timers.TryPeek(out var timer, out var due) && due.At <= end)
        {
            timers.Dequeue();
            ticks = Math.Max(ticks, due.At);
            Turn(() => parts.Fire(timer, new Turn(Now, this)));
        }
        ticks = end;
    }

    public void Pass(int milliseconds) => Pass(TimeSpan.FromMilliseconds(milliseconds));

    /// <summary>What was said of a kind since the last look.</summary>
    public (NodeId To, T Message)[] Take<T>()
    {
        var taken = Said.Where(said => said.Message is T).Select(said => (said.To, (T)said.Message)).ToArray();
        Said.RemoveAll(said => said.Message is T);
        return taken;
    }

    public T Did<T>() where T : PodCommand
    {
        var did = Commands.OfType<T>().Last();
        Commands.Clear();
        return did;
    }

    /// <summary>Brings the pod to run here: admitted by an award of the test's.</summary>
    public void RunHere()
    {
        var auctioneer = Others[0];
        var run = Run;
        Hear(auctioneer, new Ask(1, run));
        Hear(auctioneer, new Award(1, run, new Victory(9, 2)));
        Report(new PodPrepared(run, "127.0.0.9"));
        Report(new ContainerStarted(run, "web", 0, Now.Wall));
    }

    /// <summary>One input, and all that follows of it: what it writes reaches the tables only after it.</summary>
    public void Turn(Action input)
    {
        input();
        do
        {
            foreach (var change in Tables.Commit(new Turn(Now, this))) Slots.Apply(change, Now);
            foreach (var report in Auctioneer.Reports) Slots.Apply(report, Now);
            Auctioneer.Reports.Clear();
            var dirty = Slots.Dirty.ToArray();
            Slots.Dirty.Clear();
            foreach (var pod in dirty)
            {
                Keeper.OnSlot(pod, new Turn(Now, this));
                Auctioneer.OnSlot(pod, new Turn(Now, this));
            }
            foreach (var config in Slots.DirtyConfig) Keeper.OnConfig(config, new Turn(Now, this));
            Slots.DirtyConfig.Clear();
        }
        while (!Tables.IsIdle || Slots.Dirty.Count > 0);
        parts.Settle(new Turn(Now, this));
        Record(Self, outbox.TakeLooped());
        outbox.Flush(new Turn(Now, this));
    }

    void Record(NodeId to, ReadOnlyMemory<byte> messages)
    {
        while (Envelope.TryNext(ref messages, out var kind, out var body, out _))
            Said.Add((to, kind switch
            {
                MessageKind.Ask => Codec.Read<Ask>(body),
                MessageKind.Bid => Codec.Read<Bid>(body),
                MessageKind.Refusal => Codec.Read<Refusal>(body),
                MessageKind.Award => Codec.Read<Award>(body),
                MessageKind.Verdict => Codec.Read<Verdict>(body),
                MessageKind.Release => Codec.Read<Release>(body),
                MessageKind.Unheard => Codec.Read<Unheard>(body),
                _ => kind,
            }));
    }

    public override void Send(NodeAddress to, ReadOnlySpan<byte> datagram) =>
        Record(members.Values.Single(member => member.Address == to).Id, datagram[Limits.EnvelopeHeader..].ToArray());
    public override void SendFrame(NodeAddress to, ReadOnlySpan<byte> frame) => Send(to, frame);
    public override void Wake(NodeTimer timer, TimeSpan after) => timers.Enqueue(timer, (ticks + Math.Max(0, after.Ticks), ++order));
    public override void Persist(LogPosition position, ReadOnlySpan<byte> record) => Assert.Fail("rows persist themselves here");
    public override void Perform(PodCommand command) => Commands.Add(command);
    public override void AskHost(HostCall question) => Asked.Add((HostQuestion)question);
    public override void Reply(RequestId request, Reply reply) => Assert.Fail("nobody asked");
    public override void Rejected(NodeAddress from, Reject why) => Assert.Fail($"rejected {why}");
    public override void Note(NodeNote note) { }
}
