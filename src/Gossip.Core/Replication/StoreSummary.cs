using Gossip.Core.Ports;

namespace Gossip.Core.Replication;

/// <summary>
/// What a node would have in its tables if it started on these contents: for whoever looks at a store without starting it.
/// </summary>
/// <param name="Unreadable">Records and rows that the disk gave back whole, and that say nothing: a newer version wrote them.</param>
/// <param name="Writers">In the causal context that would be believed: all of it, or that of the rows alone.</param>
/// <param name="UncoveredRows">Rows of which the context does not know every write: none, where the program has no bug.</param>
/// <param name="MetOthers">The node has not always been alone.</param>
sealed record StoreSummary(
    int Objects, int Slots, int Admissions, int Summaries, int Unreadable, int Writers, int UncoveredRows, ulong Boot, bool MetOthers)
{
    public static StoreSummary Of(StoreContents contents)
    {
        var table = new RowTable();
        var recovery = new Recovery(table, new HybridClock());
        recovery.Read(contents);
        var rows = table.All().ToList();
        int Count(RowKind kind) => rows.Count(row => row.Kind == kind);
        return new StoreSummary(
            Count(RowKind.Object), Count(RowKind.Slot), Count(RowKind.Admission), Count(RowKind.Summary), recovery.Quarantined,
            table.Context.Writers, rows.Count(row => !IsCovered(row, table.Context)), recovery.Boot, recovery.MetOthers);
    }

    static bool IsCovered(Row row, CausalContext context)
    {
        foreach (var cell in row)
            if (!context.Covers(cell.Dot)) return false;
        return context.Covers(row.Uid.Birth);
    }
}
