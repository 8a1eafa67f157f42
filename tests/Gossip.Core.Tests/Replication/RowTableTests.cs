using System.Collections.Immutable;
using FsCheck.Xunit;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;

namespace Gossip.Core.Tests.Replication;

/// <summary>R1-R4, R9 and R13 of DESIGN on the tables alone: any history of writes, in any order, cut and repeated.</summary>
public sealed class RowTableTests
{
    static readonly string[] Names = ["data.a", "data.b", "spec.replicas"];

    /// <summary>What a few writers, each knowing a part, wrote and removed: every delta and every removal ever said.</summary>
    static (List<Row> Deltas, List<RowRemoval> Removals) History(RandomStream random)
    {
        var tables = new[] { new RowTable(), new RowTable(), new RowTable() };
        var seqs = new ulong[tables.Length];
        var deltas = new List<Row>();
        var removals = new List<RowRemoval>();
        for (var step = 0; step < 40; step++)
        {
            var w = random.Below(tables.Length);
            var table = tables[w];
            var held = table.All().ToList();
            var what = random.Below(10);
            if (what < 3 || held.Count == 0)
            {
                var dot = new Dot(new WriterId((ulong)w + 1), ++seqs[w]);
                deltas.Add(new Row(new Uid(dot), RowKind.Object, [new Cell(Fields.Birth, dot, 1, Wild(random), new byte[] { 1 })]));
                table.Merge(deltas[^1], out _);
            }
            else if (what < 8)
            {
                var row = held[random.Below(held.Count)];
                var field = Names[random.Below(Names.Length)];
                var cell = new Cell(field, new Dot(new WriterId((ulong)w + 1), ++seqs[w]), (row[field]?.Generation ?? 0) + 1, Wild(random), new[] { (byte)step });
                deltas.Add(row with { Cells = [row.Cells[0], cell] });
                table.Merge(deltas[^1], out _);
            }
            else if (what == 8)
            {
                removals.Add(RowRemoval.Of(held[random.Below(held.Count)]));
                table.Remove(removals[^1].Uid, removals[^1].Dots, out _);
            }
            else if (deltas.Count > 0) table.Merge(deltas[random.Below(deltas.Count)], out _);
        }
        return (deltas, removals);
    }

    /// <summary>Clocks ten years off, either way.</summary>
    static Stamp Wild(RandomStream random) => Stamp.At(new WallTime(1_800_000_000_000 + (random.Below(3) - 1) * 315_000_000_000L + random.Below(1000)));

    static RowTable Applied(List<Row> deltas, List<RowRemoval> removals, RandomStream random, bool repeats)
    {
        var table = new RowTable();
        var order = Enumerable.Range(0, deltas.Count + removals.Count).ToList();
        if (repeats) order.AddRange(order.ToList().Where(_ => random.Chance(0.5)));
        var shuffled = order.ToArray();
        random.Shuffle<int>(shuffled);
        foreach (var i in shuffled)
        {
            if (i < deltas.Count) table.Merge(deltas[i], out _);
            else table.Remove(removals[i - deltas.Count].Uid, removals[i - deltas.Count].Dots, out _);
        }
        return table;
    }

    static void AssertSame(RowTable a, RowTable b)
    {
        Assert.True(a.Hashes.SequenceEqual(b.Hashes));
        Assert.Equal(a.Context.Hash(), b.Context.Hash());
        Assert.Equal(Text(a), Text(b));
        static string Text(RowTable table) => string.Join('\n', table.All().Select(row =>
            $"{row.Uid}:" + string.Join(',', row.Cells.Select(cell => $"{cell.Field}={cell.Dot}/{Convert.ToHexString(cell.Value.Span)}"))));
    }

    [Property(MaxTest = 200)]
    public void Any_order_with_any_repeats_gives_the_same_table(ulong seed)
    {
        var random = new RandomStream(seed);
        var (deltas, removals) = History(random);
        AssertSame(Applied(deltas, removals, random, repeats: false), Applied(deltas, removals, random, repeats: true));
    }

    [Property(MaxTest = 200)]
    public void Deltas_joined_before_they_travel_give_the_same_rows(ulong seed)
    {
        var random = new RandomStream(seed);
        var (deltas, removals) = History(random);
        var grouped = new SortedDictionary<Uid, Row>();
        foreach (var delta in deltas)
            grouped[delta.Uid] = grouped.TryGetValue(delta.Uid, out var before) ? RowJoin.Join(before, delta) : delta;
        var one = Applied(deltas, removals, random, repeats: true);
        var other = Applied([.. grouped.Values], removals, random, repeats: false);
        Assert.True(one.Hashes.SequenceEqual(other.Hashes)); // overwritten dots never travelled, so the contexts may differ
    }

    [Property(MaxTest = 200)]
    public void What_was_written_and_never_overwritten_is_live_unless_its_row_was_removed(ulong seed)
    {
        var random = new RandomStream(seed);
        var (deltas, removals) = History(random);
        var table = Applied(deltas, removals, random, repeats: true);
        var gone = removals.Select(removal => removal.Uid).ToHashSet();
        foreach (var delta in deltas)
        {
            var row = table.Find(delta.Uid);
            if (gone.Contains(delta.Uid))
            {
                Assert.Null(row);
                continue;
            }
            foreach (var cell in delta.Cells)
            {
                Assert.True(table.Context.Covers(cell.Dot));
                var winner = row![cell.Field]!.Value;
                Assert.True(winner.Dot == cell.Dot || winner.Overrides(cell));
            }
        }
    }

    [Property(MaxTest = 100)]
    public void A_removed_row_never_returns_whatever_comes_late(ulong seed)
    {
        var random = new RandomStream(seed);
        var (deltas, removals) = History(random);
        var table = Applied(deltas, removals, random, repeats: false);
        foreach (var delta in deltas)
        {
            var outcome = table.Merge(delta, out _);
            Assert.Equal(removals.Any(removal => removal.Uid == delta.Uid) ? MergeOutcome.Dead : MergeOutcome.Known, outcome);
        }
    }

    [Property(MaxTest = 100)]
    public void Shard_hashes_kept_by_changes_equal_those_of_a_table_built_anew(ulong seed)
    {
        var random = new RandomStream(seed);
        var (deltas, removals) = History(random);
        var table = Applied(deltas, removals, random, repeats: true);
        var anew = new ulong[RowTable.Shards];
        foreach (var row in table.All()) anew[RowTable.ShardOf(row.Uid)] ^= row.Mark();
        Assert.True(table.Hashes.SequenceEqual(anew));
    }

    [Fact]
    public void A_later_writer_wins_over_a_clock_ten_years_ahead()
    {
        var table = new RowTable();
        Dot birth = new(new WriterId(1), 1), ahead = new(new WriterId(1), 2), later = new(new WriterId(2), 1);
        var row = new Row(new Uid(birth), RowKind.Object, [new Cell("", birth, 1, Stamp.Zero, new byte[] { 1 })]);
        var future = Stamp.At(new WallTime(2_115_000_000_000));
        table.Merge(row with { Cells = row.Cells.Add(new Cell("spec", ahead, 1, future, new byte[] { 1 })) }, out _);
        table.Merge(row with { Cells = row.Cells.Add(new Cell("spec", later, 2, Stamp.Zero, new byte[] { 2 })) }, out _);
        Assert.Equal(later, table.Find(row.Uid)!["spec"]!.Value.Dot);
    }

    [Fact]
    public void What_is_kept_of_removed_rows_is_nothing_but_a_number_a_writer()
    {
        var table = new RowTable();
        for (ulong seq = 1; seq <= 1000; seq++)
        {
            var dot = new Dot(new WriterId(1 + seq % 2), (seq + 1) / 2);
            table.Merge(new Row(new Uid(dot), RowKind.Slot, [new Cell("", dot, 1, Stamp.Zero, new byte[] { 1 })]), out _);
            table.Remove(new Uid(dot), [], out _);
        }
        Assert.Equal(0, table.Count);
        Assert.Equal(0, table.Context.Islands);
        Assert.Equal(2, table.Context.Writers);
    }

    [Fact]
    public void A_removal_that_comes_before_its_row_keeps_the_row_out()
    {
        var table = new RowTable();
        var dot = new Dot(new WriterId(1), 3);
        Assert.True(table.Remove(new Uid(dot), ImmutableArray<Dot>.Empty, out var change));
        Assert.Null(change);
        Assert.Equal(MergeOutcome.Dead, table.Merge(new Row(new Uid(dot), RowKind.Object, [new Cell("", dot, 1, Stamp.Zero, new byte[] { 1 })]), out _));
    }
}
