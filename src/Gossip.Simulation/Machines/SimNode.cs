using Gossip.Core;
using Gossip.Core.Membership;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Turns;
using Gossip.Core.Wire;
using Gossip.Simulation.Network;
using Gossip.Simulation.Time;

namespace Gossip.Simulation.Machines;

/// <summary>
/// One machine with its disk, its clocks, its pod runtime, and the node's process, which may die and be started
/// again (a life each). It carries out what the process's <see cref="NodeMachine"/> asks for.
/// </summary>
internal sealed class SimNode : NodeEffects
{
    /// <summary>As long as a pod's grace usually is.</summary>
    static readonly TimeSpan GivesUpWithin = TimeSpan.FromSeconds(30);

    readonly NodeConfig template;
    readonly SharedRows? shared;
    readonly SimLiar? liar;
    readonly Dictionary<RequestId, Action<Reply>> asked = [];
    readonly List<SimEvent> stash = [];
    LogPosition appended, confirmed;
    bool syncing;
    ulong requests;

    /// <param name="shared">The pool of rows of a large simulation; null in others.</param>
    /// <param name="lies">It is a <see cref="SimLiar"/>.</param>
    internal SimNode(World world, int index, NodeConfig config, SimClock clock, RandomStream random, SharedRows? shared, bool lies = false)
    {
        liar = lies ? new SimLiar(this) : null;
        this.shared = shared;
        World = world;
        Index = index;
        template = config;
        Clock = clock;
        Id = config.Card.Id;
        Address = config.Card.Address;
        Store = new SimStore(Id, random.For("store"), world.Sometimes, keeps: shared is null);
        Runtime = new SimRuntime(this, random.For("runtime"), world.Sometimes);
    }

    public World World { get; }
    public int Index { get; }
    public NodeId Id { get; }
    public NodeAddress Address { get; }
    public NodeConfig Config => template;
    public SimClock Clock { get; }
    public SimStore Store { get; }
    public SimRuntime Runtime { get; }

    /// <summary>The process, or null while there is none.</summary>
    public NodeMachine? Machine { get; private set; }

    /// <summary>Which life of the process this is, from 1.</summary>
    public int Life { get; private set; }

    /// <summary>Grows when the machine loses all that is not on its disk.</summary>
    public int PowerCycles { get; private set; }

    /// <summary>When its process last began.</summary>
    public TimeSpan StartedAt { get; private set; }

    /// <summary>Grows when the disk is replaced, and when it forgets.</summary>
    public int Disks { get; private set; }

    public bool HasPower { get; private set; } = true;
    public bool IsUp => Machine is not null;
    public bool IsPaused { get; private set; }

    /// <summary>Bytes of log from which on its store is compacted: few enough that every longer run does.</summary>
    public long CompactAt { get; set; } = 192 * 1024;

    /// <summary>How long a sync of its disk takes.</summary>
    public TimeSpan SyncDelay { get; set; } = TimeSpan.FromMilliseconds(1);

    /// <summary>The operator starts it with the word that what its disk lost is given up.</summary>
    public bool AcceptsLoss { get; set; }

    /// <summary>Why its process did not start; null when it did.</summary>
    public string? Refusal { get; private set; }

    /// <summary>The next sync of the disk fails, and whatever comes after it.</summary>
    public bool FailsToSync { get; set; }

    /// <summary>Its process was told that the disk is full; the next one finds room.</summary>
    public bool IsDiskFull { get; private set; }

    public Now Now => Clock.At(World.Queue.Now);

    /// <summary>What of a payload its machine is to see: all of it, but for a liar.</summary>
    public ReadOnlyMemory<byte> Hears(NodeAddress from, ReadOnlyMemory<byte> payload) => liar?.Take(from, payload) ?? payload;

    /// <summary>Starts the process on whatever the disk holds.</summary>
    public void Start()
    {
        if (IsUp) return;
        Check.That(Life == 0 || Store.Keeps);
        HasPower = true;
        Life++;
        StartedAt = World.Elapsed;
        appended = confirmed = LogPosition.None;
        syncing = false;
        var wall = (ulong)Math.Max(1, Now.Wall.UnixMilliseconds / 1000);
        var config = template with { BootAtLeast = wall, Seed = StableHash.Mix(template.Seed, (ulong)Life), AcceptsLoss = AcceptsLoss };
        Machine = new NodeMachine(config, Store.Open(), liar is null ? null : SimLiar.Rules, World.TraceOf(this), shared);
        Refusal = Machine.Refusal;
        if (Refusal is not null)
        {
            World.Sometimes.Count("a damaged node that is alone refuses to start");
            Machine = null;
            return;
        }
        World.Watch(this);
        World.Handle(this, NodeInput.Started());
        World.Queue.Add(World.Queue.Now, new SimEvent { Kind = SimEventKind.Report, Node = Index, Life = Life });
    }

    /// <summary>SIGKILL: the process is gone at once; its pods, and what it wrote to files, stay.</summary>
    public void Kill()
    {
        if (!IsUp) return;
        World.Sometimes.Count("a process is killed");
        Machine = null;
        IsPaused = false;
        IsDiskFull = false;
        Drop(stash);
        asked.Clear();
    }

    /// <summary>SIGTERM to the process alone: it closes its store, and leaves its pods for its next life.</summary>
    public void StopCleanly()
    {
        if (!IsUp || IsPaused) return;
        World.Sometimes.Count("a process stops cleanly");
        Store.CloseCleanly();
        Kill();
    }

    /// <summary>The machine is gone, with its process, its pods, and what its disk had not synced.</summary>
    public void LosePower()
    {
        Kill();
        HasPower = false;
        PowerCycles++;
        Store.LosePower();
        Runtime.LosePower();
    }

    /// <summary>The disk is replaced by an empty one.</summary>
    public void LoseDisk()
    {
        if (!Store.IsEmpty) World.Sometimes.Count("a disk is lost");
        Store.Wipe();
        Disks++;
    }

    /// <summary>Something of the disk rots or is lost, and what it alone kept may go with it; false when there was nothing.</summary>
    public bool DamageDisk(Func<SimStore, bool> how)
    {
        if (!how(Store)) return false;
        Disks++;
        return true;
    }

    /// <summary>The process is given no time, as in a long collection, a stopped VM or SIGSTOP.</summary>
    public void Pause()
    {
        if (!IsUp || IsPaused) return;
        World.Sometimes.Count("a process is paused");
        IsPaused = true;
    }

    public void Resume()
    {
        if (!IsPaused) return;
        IsPaused = false;
        foreach (var late in stash) World.Queue.Add(World.Queue.Now, late);
        stash.Clear();
    }

    /// <summary>Keeps what a paused process cannot take yet; of datagrams only as many as a socket's buffer holds.</summary>
    public void Stash(in SimEvent late)
    {
        const int SocketHolds = 256;
        if (late.Kind == SimEventKind.Datagram && stash.Count > SocketHolds) World.Buffers.Return(late.Bytes!);
        else stash.Add(late);
    }

    /// <summary>The disk is done with everything appended so far.</summary>
    public void Synced()
    {
        syncing = false;
        if (FailsToSync)
        {
            World.Sometimes.Count("an fsync fails");
            World.Handle(this, NodeInput.DiskReported(new DiskReport(DiskState.Failing, "fsync: Input/output error")));
            GiveUp(GivesUpWithin);
            return;
        }
        Store.Sync();
        if (Machine is { IsDamaged: true, HasSynced: true }) Store.ForgetDamage();
        var position = appended;
        if (Store.LogBytes > CompactAt)
        {
            World.Sometimes.Count("a store is compacted");
            World.Snapshot.Clear();
            Machine!.WriteSnapshot(World.Snapshot);
            Store.Compact(World.Snapshot.Written);
        }
        if (position.Value <= confirmed.Value) return;
        confirmed = position;
        World.Handle(this, NodeInput.Persisted(position));
    }

    /// <summary>The disk is full, but for what the store had set aside; or it has room again.</summary>
    public void FillDisk(bool isFull)
    {
        IsDiskFull = isFull && IsUp;
        if (!IsUp) return;
        World.Sometimes.Count(isFull ? "a disk is full" : "a disk has room again");
        var report = isFull ? new DiskReport(DiskState.Full, "no space left") : new DiskReport(DiskState.Healthy, "");
        World.Handle(this, NodeInput.DiskReported(report));
    }

    /// <summary>Ends the process once nothing of its pods is left, or its time is over, as the real driver does.</summary>
    void GiveUp(TimeSpan left)
    {
        var life = Life;
        var step = TimeSpan.FromMilliseconds(100);
        World.After(step, () =>
        {
            if (Life != life || !IsUp) return;
            if (Machine!.HasGivenUp || left <= step) Kill();
            else GiveUp(left - step);
        });
    }

    public void Report(PodReport report)
    {
        if (!IsUp) return; // a later life learns of it by PodsSurvived
        World.Queue.Add(World.Queue.Now, new SimEvent { Kind = SimEventKind.Report, Node = Index, Life = Life, Payload = report });
    }

    public void Ask(Request question, Action<Reply> answer)
    {
        if (!IsUp) return;
        var id = new RequestId(++requests);
        asked.Add(id, answer);
        World.Handle(this, NodeInput.Asked(id, question));
    }

    public override void Send(NodeAddress to, ReadOnlySpan<byte> datagram)
    {
        Check.That(datagram.Length <= Limits.DatagramPayload);
        World.Network.Send(this, to, datagram);
        World.Sent(this, to, datagram);
    }

    public override void SendFrame(NodeAddress to, ReadOnlySpan<byte> frame)
    {
        Check.That(frame.Length <= Limits.FramePayload);
        var target = SimNetwork.IndexOf(to);
        World.Network.SendFrame(this, (uint)target < (uint)World.Nodes.Length ? World.Nodes[target] : null, to, frame);
        World.Sent(this, to, frame);
    }

    public override void Wake(NodeTimer timer, TimeSpan after) =>
        World.Queue.Add(World.Queue.Now + Clock.Virtual(after), new SimEvent { Kind = SimEventKind.Timer, Node = Index, Life = Life, Timer = timer });

    public override void Persist(LogPosition position, ReadOnlySpan<byte> record)
    {
        Check.That(position.Value == appended.Value + 1);
        appended = position;
        if (FailsToSync && !syncing && Machine is { IsWriter: false }) return; // of no use any more
        Store.Append(record);
        World.Logged(this, record);
        if (syncing) return;
        syncing = true;
        World.Queue.Add(World.Queue.Now + SyncDelay.Ticks, new SimEvent { Kind = SimEventKind.Synced, Node = Index, Life = Life });
    }

    public override void Perform(PodCommand command)
    {
        World.Performed(this, command);
        Runtime.Perform(command);
    }

    public override void Reply(RequestId request, Reply reply)
    {
        if (asked.Remove(request, out var answer)) answer(reply);
        else World.Violate("API", this, "a request was answered twice, or one that nobody asked");
    }

    public override void Rejected(NodeAddress from, Reject why) => World.Sometimes.Count(why switch
    {
        Reject.StaleBoot => "a message of an earlier life is rejected",
        Reject.Malformed => "a malformed message is rejected",
        _ => "a datagram is rejected",
    });

    /// <summary>Only a liar's rules ask, and nobody answers.</summary>
    public override void AskHost(HostCall question) => Check.That(liar is not null);

    public override void Note(NodeNote note) => World.Noted(this, note);

    void Drop(List<SimEvent> late)
    {
        foreach (var dropped in late)
            if (dropped.Bytes is { } bytes) World.Buffers.Return(bytes);
        late.Clear();
    }
}
