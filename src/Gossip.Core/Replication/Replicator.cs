using System.Buffers;
using Gossip.Core.Membership;
using Gossip.Core.Model;
using Gossip.Core.Ports;
using Gossip.Core.Wire;

namespace Gossip.Core.Replication;

/// <summary>The tables of one node, and what keeps them the same as everybody's.</summary>
public sealed class Replicator : ITables, IRowWriter, IPiggyback
{
    /// <param name="contents">What the store gave back; a damaged record is an error of the store's, not seen here.</param>
    public Replicator(NodeConfig config, StoreContents contents, Luck luck, Outbox outbox, IMemberList members) => throw new NotImplementedException();

    /// <summary>The boot number to live under: greater than any this store knows, and at least <see cref="NodeConfig.BootAtLeast"/>.</summary>
    public static ulong NextBoot(NodeConfig config, StoreContents contents) => throw new NotImplementedException();

    /// <summary>What changed since the machine last looked; it clears the list.</summary>
    public List<RowChange> Changes { get; } = [];

    /// <summary>True once this node has finished a session with a peer since it started: its tables are as good as theirs.</summary>
    public bool HasSynced => throw new NotImplementedException();

    public Row? Find(Uid uid) => throw new NotImplementedException();
    public bool Covers(Uid uid) => throw new NotImplementedException();
    public IEnumerable<Row> Rows(RowKind kind) => throw new NotImplementedException();
    public ulong Version => throw new NotImplementedException();
    public ulong VersionOf(Uid uid) => throw new NotImplementedException();

    public void Start(Now now, NodeEffects effects) => throw new NotImplementedException();
    public bool TryHandle(MessageKind kind, ReadOnlyMemory<byte> body, NodeId sender, NodeAddress from, Now now, NodeEffects effects) => throw new NotImplementedException();
    public bool TryHandle(NodeTimer timer, Now now, NodeEffects effects) => throw new NotImplementedException();
    public void OnPersisted(LogPosition position, Now now, NodeEffects effects) => throw new NotImplementedException();

    public Uid Create(RowKind kind, ReadOnlySpan<(string Field, ReadOnlyMemory<byte> Value)> cells, Now now, NodeEffects effects, WriteDone? then = null) => throw new NotImplementedException();
    public void Edit(Uid row, ReadOnlySpan<(string Field, ReadOnlyMemory<byte> Value)> cells, Now now, NodeEffects effects, WriteDone? then = null) => throw new NotImplementedException();
    public void Raise(Uid row, string field, uint to, Now now, NodeEffects effects, WriteDone? then = null) => throw new NotImplementedException();
    public void Remove(Uid row, Now now, NodeEffects effects, WriteDone? then = null) => throw new NotImplementedException();
    public Stamp Tick(Now now) => throw new NotImplementedException();

    /// <summary>Everything that must survive, for <see cref="IStore.Compact"/>. Includes writes not yet confirmed.</summary>
    public void WriteSnapshot(IBufferWriter<byte> into) => throw new NotImplementedException();

    public int Fill(Span<byte> room) => throw new NotImplementedException();
}
