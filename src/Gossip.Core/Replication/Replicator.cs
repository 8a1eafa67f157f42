using System.Buffers;
using Gossip.Core.Membership;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Turns;
using Gossip.Core.Wire;
using MessagePack;

namespace Gossip.Core.Replication;

/// <summary>
/// The tables of one node, and what keeps them the same as everybody's: local writes (log first), rumours (fast),
/// anti-entropy (sure).
/// </summary>
/// <remarks>
/// Messages: RowDelta, RowRemoval, Digest, ShardList, Repair. Timers: RowGossipTick, DigestTick, SessionEnds. One
/// owner calls it.
/// </remarks>
sealed class Replicator : INodePart, ITables, IRowWriter, IPiggyback
{
    readonly Outbox outbox;
    readonly RowGossip gossip;
    readonly Replica replica;
    readonly LocalWrites writes;
    readonly AntiEntropy repairs;
    readonly Row[] one = new Row[1];
    readonly bool acceptsLoss;

    /// <param name="contents">What the store gave back; a record that does not parse is skipped and counted, the rest applies.</param>
    public Replicator(
        NodeConfig config, StoreContents contents, RandomStream random, Outbox outbox, IMemberList members, SharedRows? shared = null)
    {
        this.outbox = outbox;
        acceptsLoss = config.AcceptsLoss;
        gossip = new RowGossip(config.Timings, outbox, members, random.For("rumours"));
        replica = new Replica(config, contents, NextBoot(config, contents), gossip, random.For("writer"), shared);
        writes = new LocalWrites(replica);
        repairs = new AntiEntropy(config, replica, outbox, members, random.For("repairs"));
    }

    /// <summary>The boot number to live under: greater than any this store knows, and at least <see cref="NodeConfig.BootAtLeast"/>.</summary>
    public static ulong NextBoot(NodeConfig config, StoreContents contents) =>
        Math.Max(Recovery.BootOf(contents) + 1, config.BootAtLeast);

    /// <summary>What changed since the machine last looked; it clears the list. Rows that the store gave back are not in it.</summary>
    public List<RowChange> Changes => replica.Changes;

    /// <summary>True once this node has finished a session with a peer since it started: its tables are as good as theirs.</summary>
    public bool HasSynced => repairs.HasSynced;

    /// <summary>Rows and records that could not be read, from disk and from peers; those beside them were.</summary>
    public int Quarantined => replica.Quarantined;

    /// <summary>The store was damaged: until it has synced, rows that were acknowledged may be missing here, and cells of others.</summary>
    public bool IsDamaged => replica.IsDamaged;

    /// <inheritdoc cref="Replica.Damage"/>
    public string Damage => replica.Damage;

    /// <inheritdoc cref="Recovery.MetOthers"/>
    public bool MetOthers => replica.MetOthers;

    public bool NeedsPeer => IsDamaged && !acceptsLoss;

    public Row? Find(Uid uid) => replica.Table.Find(uid);
    public bool Covers(Uid uid) => replica.Table.Context.Covers(uid.Birth);
    public IEnumerable<Row> Rows(RowKind kind) => replica.Table.Rows(kind);
    public ulong Version => replica.Table.Version;
    public ulong VersionOf(Uid uid) => replica.Table.VersionOf(uid);

    /// <summary>For checkers and tests.</summary>
    internal RowTable Table => replica.Table;
    internal WriterId Writer => replica.Writer.Id;

    public void Start(Turn turn)
    {
        replica.Start(turn);
        repairs.Start(turn);
    }

    public ReadOnlySpan<MessageKind> Messages =>
        [MessageKind.RowDelta, MessageKind.RowRemoval, MessageKind.Digest, MessageKind.ShardList, MessageKind.Repair];

    public ReadOnlySpan<NodeTimerKind> Timers => [NodeTimerKind.RowGossipTick, NodeTimerKind.DigestTick, NodeTimerKind.SessionEnds];

    public void OnMessage(in Message message, Turn turn)
    {
        var reader = new MessagePackReader(message.Body);
        switch (message.Kind)
        {
            case MessageKind.RowDelta:
                if (RowCodec.IsHeld(reader, replica.Table)) break;
                one[0] = RowDelta.Read(ref reader).Row;
                replica.Take(one, null, turn);
                break;
            case MessageKind.RowRemoval:
                replica.Take(RowRemoval.Read(ref reader), isNews: true, turn);
                break;
            case MessageKind.Digest:
                repairs.OnDigest(Digest.Read(ref reader), message.Sender, message.From, turn);
                break;
            case MessageKind.ShardList:
                repairs.OnShardList(ShardList.Read(ref reader), message.Sender, message.From, turn);
                break;
            case MessageKind.Repair:
                repairs.OnRepair(Repair.Read(ref reader), message.Sender, message.From, turn);
                break;
        }
    }

    public void OnTimer(NodeTimer timer, Turn turn)
    {
        switch (timer.Kind)
        {
            case NodeTimerKind.RowGossipTick:
                gossip.OnTick(turn);
                break;
            case NodeTimerKind.DigestTick:
                replica.KeepBoot(outbox.Boot, turn);
                repairs.OnTick(turn);
                break;
            case NodeTimerKind.SessionEnds:
                repairs.OnSessionEnds(timer);
                break;
        }
    }

    /// <summary>The last record that was handed to the log.</summary>
    public LogPosition Written => replica.Journal.At;

    /// <summary>The last record that is durable.</summary>
    public LogPosition Confirmed { get; private set; }

    /// <summary>Writes a record that changes nothing, to see how the disk does.</summary>
    public void TryLog(Turn turn) => replica.Journal.Boot(replica.Boot, turn);

    public void OnPersisted(LogPosition position, Turn turn)
    {
        Confirmed = position;
        writes.OnPersisted(position, turn);
    }

    public Uid Create(RowKind kind, ReadOnlySpan<(string Field, ReadOnlyMemory<byte> Value)> cells, Turn turn, WriteDone? then = null) =>
        writes.Create(kind, cells, turn, then);

    public void Edit(Uid row, ReadOnlySpan<(string Field, ReadOnlyMemory<byte> Value)> cells, Turn turn, WriteDone? then = null) =>
        writes.Edit(row, cells, turn, then);

    public void Raise(Uid row, string field, uint to, ReadOnlyMemory<byte> value, Turn turn, WriteDone? then = null) =>
        writes.Raise(row, field, to, value, turn, then);

    public void Remove(Uid row, Turn turn, WriteDone? then = null) => writes.Remove(row, turn, then);

    public Stamp Tick(Now now) => writes.Tick(now);

    /// <summary>Everything that must survive, for <see cref="IStore.Compact"/>. Includes writes not yet confirmed.</summary>
    public void WriteSnapshot(IBufferWriter<byte> into) => replica.WriteSnapshot(into, writes.Pending);

    /// <summary>See <see cref="RowGossip.Keep"/>.</summary>
    public void OnSent(Turn turn) => gossip.Keep(turn);

    public int Fill(Span<byte> room) => gossip.Fill(room);
}
