using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Tables;
using Gossip.Core.Tables.Topology;
using Gossip.Core.Wire;
using MessagePack;

namespace Gossip.Bench.Placement;

/// <summary>
/// What every node does with the news of a pod, whether or not it had a part in it: reads the rows, merges them into its
/// tables, and keeps its slots and the tallies of its rules up to date.
/// </summary>
sealed class Listener : ITables
{
    readonly RowTable table = new();
    readonly SlotTable slots;
    readonly Now now;

    public Listener(IMemberList members, Now now)
    {
        this.now = now;
        slots = new SlotTable(this, members, NodeTimings.Lan);
        slots.Load(
            new PlacedPods(members.Self, slots.ById), new BudgetBook(members, slots.ById), new Gangs(), new TypicalPods(),
            new VoterBook(slots.Objects, slots.ById));
    }

    public Row? Find(Uid uid) => table.Find(uid);
    public bool Covers(Uid uid) => table.Context.Covers(uid.Birth);
    public IEnumerable<Row> Rows(RowKind kind) => table.Rows(kind);
    public ulong Version => table.Version;
    public ulong VersionOf(Uid uid) => table.VersionOf(uid);
    public int Slots => slots.Slots.Count;

    public static byte[] Encode(Row row)
    {
        var buffer = new WireBuffer();
        Envelope.Append(buffer, new RowDelta(row));
        return buffer.Written[Limits.MessageHeader..].ToArray();
    }

    public void Hear(byte[] delta)
    {
        var reader = new MessagePackReader(delta);
        if (table.Merge(RowDelta.Read(ref reader).Row, out var change) != MergeOutcome.Changed) return;
        slots.Apply(change, now);
        slots.Dirty.Clear();
    }

    /// <summary>Merges rows without looking at what they mean.</summary>
    public static RowTable Store(IReadOnlyList<byte[]> deltas)
    {
        var table = new RowTable();
        foreach (var delta in deltas)
        {
            var reader = new MessagePackReader(delta);
            table.Merge(RowDelta.Read(ref reader).Row, out _);
        }
        return table;
    }
}
