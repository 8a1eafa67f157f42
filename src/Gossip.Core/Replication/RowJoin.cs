using System.Collections.Immutable;

namespace Gossip.Core.Replication;

/// <summary>The join of two states of one row: field by field, the register that overrides the other.</summary>
static class RowJoin
{
    /// <summary><paramref name="held"/> itself when the other brings nothing new.</summary>
    public static Row Join(Row held, Row other)
    {
        if (!BringsNews(held, other)) return held;
        var mine = held.Cells;
        var theirs = other.Cells;
        var joined = ImmutableArray.CreateBuilder<Cell>(Math.Max(mine.Length, theirs.Length));
        int i = 0, j = 0;
        while (i < mine.Length || j < theirs.Length)
        {
            var order = i == mine.Length ? 1 : j == theirs.Length ? -1 : string.CompareOrdinal(mine[i].Field, theirs[j].Field);
            if (order < 0) joined.Add(mine[i++]);
            else if (order > 0) joined.Add(theirs[j++]);
            else
            {
                joined.Add(theirs[j].Overrides(mine[i]) ? theirs[j] : mine[i]);
                i++;
                j++;
            }
        }
        return held with { Cells = joined.DrainToImmutable() };
    }

    static bool BringsNews(Row held, Row other)
    {
        foreach (var cell in other)
            if (held[cell.Field] is not { } mine || cell.Overrides(mine)) return true;
        return false;
    }
}
