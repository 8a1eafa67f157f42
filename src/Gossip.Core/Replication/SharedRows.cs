using Gossip.Core.Primitives;

namespace Gossip.Core.Replication;

/// <summary>
/// A pool of rows for the nodes of one large simulation, which run in one process, one at a time: they hold one copy of each row
/// together. A thousand nodes with a thousand rows each have a million entries, and a thousand rows.
/// </summary>
sealed class SharedRows
{
    readonly Dictionary<(Uid Uid, ulong Mark), Row> rows = [];
    readonly Dictionary<Row, object?> readings = new(ReferenceEqualityComparer.Instance);

    /// <summary>The copy that all share: rows with equal marks are equal.</summary>
    public Row Share(Row row, ulong mark)
    {
        if (rows.TryGetValue((row.Uid, mark), out var shared)) return shared;
        rows.Add((row.Uid, mark), row);
        return row;
    }

    /// <summary>What a shared row was read as; false when nobody has read it yet.</summary>
    public bool TryRecall<T>(Row row, out T? reading) where T : class
    {
        var known = readings.TryGetValue(row, out var found);
        reading = (T?)found;
        return known;
    }

    public void Remember(Row row, object? reading) => readings.Add(row, reading);
}
