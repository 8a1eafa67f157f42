using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Gossip.Core.Primitives;
using Gossip.Core.Turns;

namespace Gossip.Core.Replication;

/// <summary>
/// This node's own writes: minted, handed to the log, applied when the log confirms them. Every write is one dot;
/// its cells share it.
/// </summary>
sealed class LocalWrites(Replica replica) : IRowWriter
{
    public PendingWrites Pending { get; } = new();

    public Stamp Tick(Now now) => replica.Clock.Tick(now.Wall);

    public Uid Create(RowKind kind, ReadOnlySpan<(string Field, ReadOnlyMemory<byte> Value)> cells, Turn turn, WriteDone? then = null)
    {
        var dot = replica.Writer.Mint();
        var minted = Mint(null, dot, cells, turn.Now);
        Check.That(minted.Length > 0 && minted[0].Field == Fields.Birth);
        var row = new Row(new Uid(dot), kind, minted);
        Write(row, row, turn, then);
        return row.Uid;
    }

    public void Edit(Uid uid, ReadOnlySpan<(string Field, ReadOnlyMemory<byte> Value)> cells, Turn turn, WriteDone? then = null)
    {
        var before = Latest(uid);
        Check.That(cells.Length > 0);
        WriteDelta(before, Mint(before, replica.Writer.Mint(), cells, turn.Now), turn, then);
    }

    public void Raise(Uid uid, string field, uint to, ReadOnlyMemory<byte> value, Turn turn, WriteDone? then = null)
    {
        var cell = new Cell(field, replica.Writer.Mint(), to, Tick(turn.Now), value);
        WriteDelta(Latest(uid), [cell], turn, then);
    }

    public void Remove(Uid uid, Turn turn, WriteDone? then = null)
    {
        var row = Pending.Find(uid) ?? replica.Table.Find(uid);
        var dots = row is null ? [] : RowRemoval.Of(row).Dots;
        var at = replica.Journal.Removal(uid, dots, turn);
        Pending.Add(new PendingWrite(at, uid, null, replica.Journal.Last.ToArray(), then), null);
    }

    public void OnPersisted(LogPosition confirmed, Turn turn)
    {
        while (Pending.TryTake(confirmed, out var write))
        {
            replica.Apply(write);
            write.Then?.Invoke(write.Uid, turn);
        }
    }

    Row Latest(Uid uid)
    {
        var row = Pending.Find(uid) ?? replica.Table.Find(uid);
        Check.That(row is not null);
        return row;
    }

    ImmutableArray<Cell> Mint(Row? before, Dot dot, ReadOnlySpan<(string Field, ReadOnlyMemory<byte> Value)> cells, Now now)
    {
        var stamp = Tick(now);
        var minted = new Cell[cells.Length];
        for (var i = 0; i < cells.Length; i++)
        {
            var (field, value) = cells[i];
            var generation = (before?[field]?.Generation ?? 0) + 1;
            minted[i] = new Cell(field, dot, generation, stamp, value);
        }
        Array.Sort(minted, static (a, b) => string.CompareOrdinal(a.Field, b.Field));
        for (var i = 1; i < minted.Length; i++) Check.That(minted[i].Field != minted[i - 1].Field);
        return ImmutableCollectionsMarshal.AsImmutableArray(minted);
    }

    void WriteDelta(Row before, ImmutableArray<Cell> cells, Turn turn, WriteDone? then)
    {
        Check.That(cells[0].Field != Fields.Birth);
        var delta = before with { Cells = cells.Insert(0, before[Fields.Birth]!.Value) };
        Write(delta, RowJoin.Join(before, delta), turn, then);
    }

    void Write(Row delta, Row after, Turn turn, WriteDone? then)
    {
        var at = replica.Journal.Rows([delta], own: true, turn);
        Pending.Add(new PendingWrite(at, delta.Uid, delta, replica.Journal.Last.ToArray(), then), after);
    }
}
