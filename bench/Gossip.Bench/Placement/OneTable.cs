using System.Runtime.InteropServices;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Turns;

namespace Gossip.Bench.Placement;

/// <summary>
/// The tables that every node of a bench reads and writes: one copy, as if gossip took no time. A write is in them when
/// the turn that made it ends, as it would be after its fsync.
/// </summary>
sealed class OneTable : ITables, IRowWriter
{
    readonly record struct Write(Uid Uid, Row? Delta, NodeEffects By, WriteDone? Then);

    static readonly WriterId Writer = new(0x5EED);

    readonly RowTable table = new();
    readonly Queue<Write> writes = [];
    readonly List<RowChange> changes = [];
    ulong seq, stamp = 1UL << 40;

    public IEnumerable<Row> All() => table.All();
    public Row? Find(Uid uid) => table.Find(uid);
    public bool Covers(Uid uid) => table.Context.Covers(uid.Birth);
    public IEnumerable<Row> Rows(RowKind kind) => table.Rows(kind);
    public ulong Version => table.Version;
    public ulong VersionOf(Uid uid) => table.VersionOf(uid);
    public Stamp Tick(Now now) => new(stamp += 1 << 16);

    public Uid Create(RowKind kind, ReadOnlySpan<(string Field, ReadOnlyMemory<byte> Value)> cells, Turn turn, WriteDone? then = null)
    {
        var dot = new Dot(Writer, ++seq);
        var row = new Row(new Uid(dot), kind, ImmutableCollectionsMarshal.AsImmutableArray(Mint(null, dot, cells, turn.Now)));
        writes.Enqueue(new Write(row.Uid, row, turn.Effects, then));
        return row.Uid;
    }

    public void Edit(Uid uid, ReadOnlySpan<(string Field, ReadOnlyMemory<byte> Value)> cells, Turn turn, WriteDone? then = null)
    {
        var before = table.Find(uid)!;
        writes.Enqueue(new Write(uid, before with { Cells = [before[Fields.Birth]!.Value, .. Mint(before, new Dot(Writer, ++seq), cells, turn.Now)] }, turn.Effects, then));
    }

    public void Raise(Uid uid, string field, uint to, ReadOnlyMemory<byte> value, Turn turn, WriteDone? then = null)
    {
        var before = table.Find(uid)!;
        writes.Enqueue(new Write(uid, before with { Cells = [before[Fields.Birth]!.Value, new Cell(field, new Dot(Writer, ++seq), to, Tick(turn.Now), value)] }, turn.Effects, then));
    }

    public void Remove(Uid uid, Turn turn, WriteDone? then = null) => writes.Enqueue(new Write(uid, null, turn.Effects, then));

    public bool HasWrites => writes.Count > 0;

    /// <summary>What waited is in the tables now; its writers hear of it. Valid until the next call.</summary>
    public List<RowChange> Commit(Now now)
    {
        changes.Clear();
        while (writes.TryDequeue(out var write))
        {
            if (write.Delta is { } delta && table.Merge(delta, out var merged) == MergeOutcome.Changed) changes.Add(merged);
            else if (write.Delta is null && table.Remove(write.Uid, [], out var removed) && removed is { } gone) changes.Add(gone);
            if (write.Then is null) continue;
            write.Then(write.Uid, new Turn(now, write.By));
            (write.By as BenchNode)?.Flush();
        }
        return changes;
    }

    Cell[] Mint(Row? before, Dot dot, ReadOnlySpan<(string Field, ReadOnlyMemory<byte> Value)> cells, Now now)
    {
        var at = Tick(now);
        var minted = new Cell[cells.Length];
        for (var i = 0; i < cells.Length; i++)
            minted[i] = new Cell(cells[i].Field, dot, (before?[cells[i].Field]?.Generation ?? 0) + 1, at, cells[i].Value);
        Array.Sort(minted, static (a, b) => string.CompareOrdinal(a.Field, b.Field));
        return minted;
    }
}
