using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Gossip.Core.Model;

namespace Gossip.Core.Replication;

/// <summary>
/// This node's own writes: minted, handed to the log, applied when the log confirms them. Every write is one dot;
/// its cells share it.
/// </summary>
sealed class LocalWrites(Replica replica) : IRowWriter
{
    public PendingWrites Pending { get; } = new();

    public Stamp Tick(Now now) => replica.Clock.Tick(now.Wall);

    public Uid Create(RowKind kind, ReadOnlySpan<(string Field, ReadOnlyMemory<byte> Value)> cells, Now now, NodeEffects effects, WriteDone? then = null)
    {
        var dot = replica.Writer.Mint();
        var minted = Mint(null, dot, cells, now);
        Check.That(minted.Length > 0 && minted[0].Field == Fields.Birth);
        var row = new Row(new Uid(dot), kind, minted);
        Write(row, row, effects, then);
        return row.Uid;
    }

    public void Edit(Uid uid, ReadOnlySpan<(string Field, ReadOnlyMemory<byte> Value)> cells, Now now, NodeEffects effects, WriteDone? then = null)
    {
        var before = Latest(uid);
        Check.That(cells.Length > 0);
        WriteDelta(before, Mint(before, replica.Writer.Mint(), cells, now), effects, then);
    }

    public void Raise(Uid uid, string field, uint to, ReadOnlyMemory<byte> value, Now now, NodeEffects effects, WriteDone? then = null)
    {
        var cell = new Cell(field, replica.Writer.Mint(), to, Tick(now), value);
        WriteDelta(Latest(uid), [cell], effects, then);
    }

    public void Remove(Uid uid, Now now, NodeEffects effects, WriteDone? then = null)
    {
        var row = Pending.Find(uid) ?? replica.Table.Find(uid);
        var dots = row is null ? [] : RowRemoval.Of(row).Dots;
        var at = replica.Journal.Removal(uid, dots, effects);
        Pending.Add(new PendingWrite(at, uid, null, replica.Journal.Last.ToArray(), then), null);
    }

    public void OnPersisted(LogPosition confirmed, Now now, NodeEffects effects)
    {
        while (Pending.TryTake(confirmed, out var write))
        {
            replica.Apply(write);
            write.Then?.Invoke(write.Uid, now, effects);
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

    void WriteDelta(Row before, ImmutableArray<Cell> cells, NodeEffects effects, WriteDone? then)
    {
        Check.That(cells[0].Field != Fields.Birth);
        var delta = before with { Cells = cells.Insert(0, before[Fields.Birth]!.Value) };
        Write(delta, RowJoin.Join(before, delta), effects, then);
    }

    void Write(Row delta, Row after, NodeEffects effects, WriteDone? then)
    {
        var at = replica.Journal.Rows([delta], own: true, effects);
        Pending.Add(new PendingWrite(at, delta.Uid, delta, replica.Journal.Last.ToArray(), then), after);
    }
}
