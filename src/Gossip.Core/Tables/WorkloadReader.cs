using Gossip.Core.Kinds;
using Gossip.Core.Replication;
using Gossip.Core.Templates;

namespace Gossip.Core.Tables;

/// <summary>Reads what workloads derive from their rows, once for each change of the cells that matter to it.</summary>
sealed class WorkloadReader
{
    ParsedTemplate? submitted;

    /// <summary>
    /// What the template of the submission under way was read as: taken for a row of the same bytes, which is read no second time. Null:
    /// the submission is over.
    /// </summary>
    public void Expect(ParsedTemplate? template) => submitted = template;

    /// <summary>Brings <see cref="CatalogObject.Spec"/> up to date; false where it already was.</summary>
    public bool Read(WorkloadKind kind, CatalogObject changed, in RowChange change)
    {
        if (change.After is null)
        {
            changed.Spec = null;
            return false;
        }
        if (change.Before is not null && changed.Spec is not null && !IsOther(change.Before, change.After)) return false;
        var sameTemplate = change.Before?[Fields.Template]?.Dot == change.After[Fields.Template]?.Dot;
        changed.Spec = kind.Derive(
            changed.Json, change.After.Cells.Select(cell => cell.Field), sameTemplate ? changed.Spec?.Template : null, submitted);
        return true;
    }

    /// <summary>Whether any cell that pods are derived from changed: status and annotations of a workload are none.</summary>
    static bool IsOther(Row before, Row after) =>
        !before.Cells.Where(IsSpec).Select(cell => cell.Dot).SequenceEqual(after.Cells.Where(IsSpec).Select(cell => cell.Dot));

    static bool IsSpec(Cell cell) =>
        cell.Field.StartsWith("spec.", StringComparison.Ordinal) || cell.Field is Fields.Skip or Fields.Labels or Fields.Annotations;
}
