using System.Collections.Immutable;
using Gossip.Core.Membership;
using Gossip.Core.Model;
using Gossip.Core.Replication;

namespace Gossip.Core;

/// <summary>
/// What the nodes of one large simulation have in common, which run in one process, one at a time: of what never changes
/// they hold one copy together. A thousand nodes with a thousand rows each have a million entries, and a thousand rows.
/// Nobody reads the events of such a node; it notes none.
/// </summary>
/// <param name="acquainted">Whom they know from the start, in order of id, themselves among them.</param>
sealed class Crowd(ImmutableArray<Member> acquainted)
{
    readonly Dictionary<(Uid Uid, ulong Mark), Row> rows = [];
    readonly Dictionary<Row, object?> readings = new(ReferenceEqualityComparer.Instance);

    public ImmutableArray<Member> Acquainted => acquainted;

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
