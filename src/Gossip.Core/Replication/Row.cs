using System.Collections.Immutable;
using Gossip.Core.Primitives;

namespace Gossip.Core.Replication;

/// <summary>Which table a row belongs to. Numbers are the wire.</summary>
enum RowKind : byte
{
    /// <summary>What should be: a workload, pod, service, node settings, any API object.</summary>
    Object = 1,
    /// <summary>Facts about one derived pod: least epoch, failed epochs, succeeded.</summary>
    Slot = 2,
    /// <summary>One node's promise to run one pod, and how that goes. Written by that node alone.</summary>
    Admission = 3,
    /// <summary>The last round of one pod's auction, under its auctioneer: who bid, who refused and why.</summary>
    Summary = 4,
}

/// <summary>
/// One register of a row: the greatest (generation, stamp, writer) wins, everywhere alike. A field taken out is a
/// cell with an empty value, so that the removal wins too.
/// </summary>
/// <param name="Generation">1 + that of the cell it overwrote; or the value itself where the greatest value must win.</param>
readonly record struct Cell(string Field, Dot Dot, uint Generation, Stamp Stamp, ReadOnlyMemory<byte> Value)
{
    public bool IsNull => Value.IsEmpty;

    /// <summary>The register's order. Source: last-writer-wins registers of Shapiro et al., 2011, with the generation before the clock.</summary>
    public bool Overrides(in Cell other)
    {
        if (Generation != other.Generation) return Generation > other.Generation;
        if (Stamp != other.Stamp) return Stamp.CompareTo(other.Stamp) > 0;
        return Dot.CompareTo(other.Dot) > 0;
    }
}

/// <summary>
/// The unit of replication: everything alive of one thing, under the dot of the write that created it. It travels
/// whole. Immutable; a merge makes a new one.
/// </summary>
sealed record Row
{
    readonly byte[] bytes = [];

    /// <param name="cells">In ordinal order of field, each field once. <see cref="Fields.Birth"/> is always there.</param>
    public Row(Uid uid, RowKind kind, ImmutableArray<Cell> cells)
    {
        Uid = uid;
        Kind = kind;
        Cells = cells;
    }

    public Uid Uid { get; init; }
    public RowKind Kind { get; }

    /// <summary>Read anew at each call: whoever looks at one or goes over them does better without.</summary>
    public ImmutableArray<Cell> Cells
    {
        get
        {
            var cells = ImmutableArray.CreateBuilder<Cell>(Count);
            foreach (var cell in this) cells.Add(cell);
            return cells.MoveToImmutable();
        }
        init => bytes = CellReader.Pack(Uid.Birth.Writer, value.AsSpan());
    }

    public int Count
    {
        get
        {
            var count = 0;
            for (var cells = GetEnumerator(); cells.MoveNext();) count++;
            return count;
        }
    }

    /// <summary>The cell of a field, or null.</summary>
    public Cell? this[string field]
    {
        get
        {
            for (var cells = GetEnumerator(); cells.MoveNext();)
                if (cells.IsOf(field)) return cells.Current;
            return null;
        }
    }

    /// <summary>A hash of which dots are live here: rows with equal marks are equal.</summary>
    public ulong Mark()
    {
        var mark = StableHash.Mix(Uid.Birth.Writer.Value, Uid.Birth.Seq);
        for (var cells = GetEnumerator(); cells.MoveNext();)
            mark ^= StableHash.Mix(StableHash.Of(cells.Name), StableHash.Mix(cells.Dot.Writer.Value, cells.Dot.Seq));
        return mark;
    }

    public CellReader GetEnumerator() => new(bytes, Uid.Birth.Writer);
}

/// <summary>The names of cells that the core itself reads.</summary>
static class Fields
{
    /// <summary>What the row is: written once, with the uid's own dot, never overwritten.</summary>
    public const string Birth = "";
    /// <summary>Of an object: a value means it is being deleted (the grace in seconds, as text).</summary>
    public const string Deleting = "life";
    public const string Labels = "metadata.labels";
    public const string Annotations = "metadata.annotations";
    public const string Replicas = "spec.replicas";

    /// <summary>Of the cluster's Voters object: names of nodes as a JSON array; its generation is the list's version.</summary>
    public const string Voters = "spec.voters";

    /// <summary>Of the same object, followed by a voter's name: what that node promised and consented to.</summary>
    public const string VoterPrefix = "voter.";
    public const string Skip = "gossip.skip";
    public const string Template = "spec.template";
    public const string Selector = "spec.selector";
    /// <summary>Of a slot: the generation is the least epoch.</summary>
    public const string LeastEpoch = "least";
    /// <summary>Of a slot: one cell an epoch, <c>failed.3</c>.</summary>
    public const string FailedPrefix = "failed.";
    public const string Succeeded = "succeeded";
    /// <summary>Of an admission: how the pod does.</summary>
    public const string Status = "status";
    /// <summary>Of a summary: the last round.</summary>
    public const string Round = "round";
}

/// <summary>What happened to a row. <paramref name="Before"/> is null for a new one, <paramref name="After"/> for a removed one.</summary>
readonly record struct RowChange(Uid Uid, RowKind Kind, Row? Before, Row? After);
