using BenchmarkDotNet.Attributes;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;

namespace Gossip.Bench;

/// <summary>
/// A thousand rows joined into a table: new ones, known ones (what gossip mostly brings), and new ones followed
/// by ones with a newer cell.
/// The baseline puts them into a dictionary and remembers nothing of what was seen.
/// </summary>
[MemoryDiagnoser]
public class TableMergeBench
{
    const int Count = 1000;

    readonly Row[] rows = [.. Enumerable.Range(0, Count).Select(i => Samples.Deployment((ulong)i * 10 + 1))];
    readonly Row[] edited;
    readonly RowTable full = new();

    public TableMergeBench()
    {
        edited = [.. rows.Select(Samples.Edited)];
        foreach (var row in rows) full.Merge(row, out _);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Count)]
    public int Dictionary()
    {
        var table = new Dictionary<Uid, Row>();
        foreach (var row in rows) table[row.Uid] = row;
        return table.Count;
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public int New()
    {
        var table = new RowTable();
        foreach (var row in rows) table.Merge(row, out _);
        return table.Count;
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public int Known()
    {
        foreach (var row in rows) full.Merge(row, out _);
        return full.Count;
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public int NewThenNewer()
    {
        var table = new RowTable();
        foreach (var row in rows) table.Merge(row, out _);
        foreach (var row in edited) table.Merge(row, out _);
        return table.Count;
    }
}
