using Gossip.Core.Membership;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Turns;
using Gossip.Core.Wire;

namespace Gossip.Core.Tests.Replication;

/// <summary>A few replicators over a pipe in memory that loses what it is told to. One round is one tick of every timer.</summary>
sealed class RowCluster
{
    readonly RandomStream random;
    readonly Queue<(RowPeer From, NodeAddress To, byte[] Bytes, bool IsFrame)> wire = [];

    public RowCluster(int peers, ulong seed)
    {
        random = new RandomStream(seed);
        for (var i = 0; i < peers; i++) Peers.Add(new RowPeer(this, i, seed));
    }

    public List<RowPeer> Peers { get; } = [];
    public double Loss { get; set; }

    /// <summary>Frames let through before the stream breaks; a broken stream loses the rest of the round.</summary>
    public int FramesMost { get; set; } = int.MaxValue;
    public Func<RowPeer, RowPeer, bool> IsCut { get; set; } = static (_, _) => false;
    public TimeSpan Time { get; private set; }
    public int LargestDatagram { get; private set; }
    public int LargestFrame { get; private set; }
    public int Frames { get; private set; }

    public void Send(RowPeer from, NodeAddress to, ReadOnlySpan<byte> bytes, bool isFrame)
    {
        if (isFrame) LargestFrame = Math.Max(LargestFrame, bytes.Length);
        else LargestDatagram = Math.Max(LargestDatagram, bytes.Length);
        wire.Enqueue((from, to, bytes.ToArray(), isFrame));
    }

    /// <summary>Ticks everybody, then delivers until it is quiet.</summary>
    public void Round() => Round(TimeSpan.FromSeconds(1));

    /// <param name="step">How much time passes: shorter than a second, rumours tick and anti-entropy does not.</param>
    public void Round(TimeSpan step)
    {
        Time += step;
        foreach (var peer in Peers) peer.Tick();
        Deliver();
    }

    public void Rounds(int count)
    {
        for (var i = 0; i < count; i++) Round();
    }

    public void Deliver()
    {
        var frames = 0;
        while (wire.TryDequeue(out var sent))
        {
            var to = Peers.Single(peer => peer.Address == sent.To);
            if (IsCut(sent.From, to)) continue;
            if (sent.IsFrame)
            {
                Frames++;
                if (++frames > FramesMost) continue;
            }
            else if (random.Chance(Loss)) continue;
            to.Receive(sent.From, sent.Bytes);
        }
    }

    public bool IsConverged => Peers.All(peer =>
        peer.Rows.Table.Hashes.SequenceEqual(Peers[0].Rows.Table.Hashes)
        && peer.Rows.Table.Context.Hash() == Peers[0].Rows.Table.Context.Hash());

    /// <summary>Rounds until everybody holds and covers the same; fails after <paramref name="most"/>.</summary>
    public int UntilConverged(int most = 200)
    {
        for (var round = 0; round < most; round++)
        {
            if (IsConverged) return round;
            Round();
        }
        Assert.Fail($"not converged after {most} rounds");
        return most;
    }
}

/// <summary>One replicator with its log and its clock.</summary>
sealed class RowPeer : NodeEffects, IMemberList
{
    readonly RowCluster cluster;
    readonly ulong seed;
    readonly List<(NodeTimer Timer, TimeSpan Due)> timers = [];
    Outbox outbox = null!;
    ulong confirmed;

    public RowPeer(RowCluster cluster, int index, ulong seed)
    {
        this.cluster = cluster;
        this.seed = seed;
        Card = new NodeCard($"node-{index}", NodeAddress.V4(0x7F000001, (ushort)(7000 + index)), Labels.Empty, [], Resources.Zero, [], "");
        Restart(new StoreContents(null, [], IsClean: false), bootAtLeast: 1);
    }

    public NodeCard Card { get; }
    public NodeAddress Address => Card.Address;
    NodeParts parts = null!;

    public Replicator Rows { get; private set; } = null!;
    public List<byte[]> Log { get; } = [];
    public List<NodeNote> Notes { get; } = [];
    public long WallError { get; set; }
    public bool Confirms { get; set; } = true;

    public Now Now => new(new Instant(cluster.Time.Ticks), new WallTime(1_800_000_000_000 + (long)cluster.Time.TotalMilliseconds + WallError));

    public void Restart(StoreContents contents, ulong bootAtLeast)
    {
        var config = new NodeConfig(Card, [], NodeTimings.Lan, seed, bootAtLeast);
        var boot = Replicator.NextBoot(config, contents);
        outbox = new Outbox(Card.Id) { Boot = boot, Address = Address };
        Rows = new Replicator(config, contents, new RandomStream(StableHash.Mix(StableHash.Mix(seed, Card.Id.Value), boot)), outbox, this);
        outbox.Piggyback = Rows;
        Log.Clear();
        timers.Clear();
        confirmed = 0;
        parts = new NodeParts(Rows);
        Rows.Start(new Turn(Now, this));
        Settle();
    }

    /// <summary>What a store would give back: the log so far, or all of it up to a record.</summary>
    public StoreContents Stored(bool isClean, int? records = null) =>
        new(null, [.. Log.Take(records ?? Log.Count).Select(record => (ReadOnlyMemory<byte>)record.ToArray())], isClean);

    public Uid Create(params (string Field, ReadOnlyMemory<byte> Value)[] cells) => Create(RowKind.Object, cells);

    public Uid Create(RowKind kind, params (string Field, ReadOnlyMemory<byte> Value)[] cells)
    {
        var uid = Rows.Create(kind, [(Fields.Birth, new byte[] { 7 }), .. cells], new Turn(Now, this));
        Settle();
        return uid;
    }

    public void Edit(Uid uid, string field, params byte[] value)
    {
        Rows.Edit(uid, [(field, value)], new Turn(Now, this));
        Settle();
    }

    public void Remove(Uid uid)
    {
        Rows.Remove(uid, new Turn(Now, this));
        Settle();
    }

    public byte[]? Value(Uid uid, string field) => Rows.Find(uid)?[field]?.Value.ToArray();

    public void Tick()
    {
        foreach (var (timer, _) in timers.Where(each => each.Due <= cluster.Time).ToList())
        {
            timers.RemoveAll(each => each.Timer == timer);
            parts.Fire(timer, new Turn(Now, this));
        }
        Settle();
    }

    public void Receive(RowPeer from, byte[] payload)
    {
        Assert.True(Envelope.TryReadHeader(payload, out var sender, out _));
        ReadOnlyMemory<byte> rest = payload.AsMemory(Limits.EnvelopeHeader);
        while (Envelope.TryNext(ref rest, out var kind, out var body, out var reject))
        {
            Assert.Equal(Reject.None, reject);
            parts.Deliver(new Message(kind, body, sender, from.Address), new Turn(Now, this));
        }
        Array.Fill(payload, (byte)0xEE); // spans are valid during the call only
        Settle();
    }

    public void Settle()
    {
        while (Confirms && confirmed < (ulong)Log.Count)
        {
            confirmed = (ulong)Log.Count;
            Rows.OnPersisted(new LogPosition(confirmed), new Turn(Now, this));
        }
        outbox.Flush(new Turn(Now, this));
        Rows.OnSent(new Turn(Now, this));
    }

    // The member list: everybody, always.
    public NodeId Self => Card.Id;
    public Member? Find(NodeId node) => Everybody().FirstOrDefault(member => member.Id == node);
    public ReadOnlySpan<Member> All => Everybody();
    public ReadOnlySpan<Member> Live => Everybody();

    Member[] Everybody() => [.. cluster.Peers
        .Select(peer => new Member(peer.Card, new Incarnation(1, 0), MemberState.Alive, default, Capacity.Unknown))
        .OrderBy(member => member.Id)];

    public override void Send(NodeAddress to, ReadOnlySpan<byte> datagram) => cluster.Send(this, to, datagram, isFrame: false);
    public override void SendFrame(NodeAddress to, ReadOnlySpan<byte> frame) => cluster.Send(this, to, frame, isFrame: true);

    public override void Wake(NodeTimer timer, TimeSpan after) => timers.Add((timer, cluster.Time + after));

    public override void Persist(LogPosition position, ReadOnlySpan<byte> record)
    {
        Log.Add(record.ToArray());
        Assert.Equal((ulong)Log.Count, position.Value);
    }

    public override void Perform(PodCommand command) => throw new NotSupportedException();
    public override void Reply(RequestId request, Reply reply) => throw new NotSupportedException();
    public override void Rejected(NodeAddress from, Reject why) => throw new NotSupportedException();
    public override void Note(NodeNote note) => Notes.Add(note);
}
