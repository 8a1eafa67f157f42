using System.Collections.Immutable;
using Gossip.Core.Primitives;
using Gossip.Core.Wire;
using MessagePack;

namespace Gossip.Core.Replication;

/// <summary>
/// A row as bytes, the same on the wire and in the log: [writer, seq, kind, cells], a cell being [field, writer or
/// nil for the birth's, seq, generation, stamp, value]. A newer version adds cells, never elements: cells that this
/// build does not know are held and passed on.
/// </summary>
static class RowCodec
{
    /// <summary>Longest field: a prefix such as <c>data.</c> before a config key of 253 characters.</summary>
    const int FieldMost = Limits.Name + 64;

    /// <summary>Array headers, two dots, generation, stamp and two length headers of a cell at their longest.</summary>
    const int CellOverhead = 46;

    /// <summary>Array headers, the uid, the kind.</summary>
    const int RowOverhead = 32;

    /// <summary>A row that measures more travels in parts.</summary>
    public const int PartMost = Limits.FramePayload - 1024;

    public static void Write(ref MessagePackWriter writer, Row row)
    {
        writer.WriteArrayHeader(4);
        writer.Write(row.Uid.Birth.Writer.Value);
        writer.Write(row.Uid.Birth.Seq);
        writer.Write((byte)row.Kind);
        writer.WriteArrayHeader(row.Count);
        foreach (var cell in row)
        {
            writer.WriteArrayHeader(6);
            writer.Write(cell.Field);
            if (cell.Dot.Writer == row.Uid.Birth.Writer) writer.WriteNil();
            else writer.Write(cell.Dot.Writer.Value);
            writer.Write(cell.Dot.Seq);
            writer.Write(cell.Generation);
            writer.Write(cell.Stamp.Value);
            writer.Write(cell.Value.Span);
        }
    }

    /// <summary>
    /// Whether a row on the wire is known already, cell for cell. Most rumours come to a node several times; those
    /// after the first are told by their dots, and nothing of them is copied.
    /// </summary>
    public static bool IsHeld(MessagePackReader reader, RowTable table)
    {
        if (reader.ReadArrayHeader() < 4) return false;
        var uid = new Uid(reader.ReadUInt64(), reader.ReadUInt64());
        if (table.Find(uid) is not { } held || reader.ReadByte() != (byte)held.Kind) return false;
        var cells = held.GetEnumerator();
        for (var left = reader.ReadArrayHeader(); left > 0; left--)
        {
            var elements = reader.ReadArrayHeader();
            if (elements < 6 || !reader.TryReadStringSpan(out var field)) return false;
            var writer = reader.TryReadNil() ? uid.Birth.Writer : new WriterId(reader.ReadUInt64());
            var dot = new Dot(writer, reader.ReadUInt64());
            var generation = reader.ReadUInt32();
            var stamp = new Stamp(reader.ReadUInt64());
            Codec.SkipRest(ref reader, elements - 5);
            var there = cells.MoveNext();
            while (there && !field.SequenceEqual(cells.Name)) there = cells.MoveNext();
            if (!there || cells.Dot != dot || cells.Generation != generation || cells.Stamp != stamp) return false;
        }
        return true;
    }

    /// <summary>Throws <see cref="MessagePackSerializationException"/> naming the field that is wrong.</summary>
    public static Row Read(ref MessagePackReader reader)
    {
        var elements = reader.ReadArrayHeader();
        if (elements < 4) throw Bad("elements");
        var uid = new Uid(ReadDot(ref reader, new WriterId(reader.ReadUInt64())));
        var kind = (RowKind)reader.ReadByte();
        var count = reader.ReadArrayHeader();
        if (count is < 1 or > Limits.Cells) throw Bad("cells");
        var cells = ImmutableArray.CreateBuilder<Cell>(count);
        for (var i = 0; i < count; i++)
        {
            var cell = ReadCell(ref reader, uid);
            if (i == 0 && (cell.Field != Fields.Birth || cell.Dot != uid.Birth)) throw Bad("birth");
            if (i > 0 && string.CompareOrdinal(cells[i - 1].Field, cell.Field) >= 0) throw Bad("order of cells");
            cells.Add(cell);
        }
        Codec.SkipRest(ref reader, elements - 4);
        return new Row(uid, kind, cells.MoveToImmutable());
    }

    /// <summary>Reads a row out of a list; null for a poison one, after which the next can still be read.</summary>
    public static Row? TryRead(ref MessagePackReader reader)
    {
        var row = reader.CreatePeekReader();
        Unknown.Skip(ref reader);
        try
        {
            return Read(ref row);
        }
        catch (Exception poison) when (Codec.IsMalformed(poison))
        {
            return null;
        }
    }

    /// <summary>At least the bytes that <see cref="Write"/> makes.</summary>
    public static int Measure(Row row)
    {
        var bytes = RowOverhead;
        for (var cells = row.GetEnumerator(); cells.MoveNext();) bytes += CellOverhead + 3 * cells.Name.Length + cells.Value.Length;
        return bytes;
    }

    /// <summary>
    /// The row itself, or, for one that grew past a frame (two partitions may each have added up to the limit), parts
    /// that each have the birth: registers join one by one, so the parts make the whole again.
    /// </summary>
    public static IEnumerable<Row> Parts(Row row)
    {
        return row.Count <= Limits.Cells && Measure(row) <= PartMost ? [row] : Cut(row, row.Cells);

        static IEnumerable<Row> Cut(Row row, ImmutableArray<Cell> cells)
        {
            for (int from = 1, to; from < cells.Length; from = to)
            {
                var bytes = RowOverhead + Measure(cells[0]) + Measure(cells[from]);
                for (to = from + 1; to < cells.Length && to - from + 2 <= Limits.Cells && (bytes += Measure(cells[to])) <= PartMost;) to++;
                yield return row with { Cells = [cells[0], .. cells[from..to]] };
            }
        }
    }

    static int Measure(in Cell cell) => CellOverhead + 3 * cell.Field.Length + cell.Value.Length;

    static Cell ReadCell(ref MessagePackReader reader, Uid uid)
    {
        var elements = reader.ReadArrayHeader();
        if (elements < 6) throw Bad("elements of a cell");
        var field = ReadField(ref reader);
        if (field.Length > FieldMost) throw Bad("length of a field");
        var writer = reader.TryReadNil() ? uid.Birth.Writer : new WriterId(reader.ReadUInt64());
        var dot = ReadDot(ref reader, writer);
        var generation = reader.ReadUInt32();
        var stamp = new Stamp(reader.ReadUInt64());
        var value = WireBytes.Read(ref reader, Limits.ObjectBytes); // copied when the row packs it
        Codec.SkipRest(ref reader, elements - 6);
        return new Cell(field, dot, generation, stamp, value);
    }

    static string ReadField(ref MessagePackReader reader) =>
        reader.TryReadStringSpan(out var name) ? CellReader.NameOf(name) : reader.ReadString() ?? throw Bad("field");

    static Dot ReadDot(ref MessagePackReader reader, WriterId writer)
    {
        var seq = reader.ReadUInt64();
        if (seq is 0 or > CausalContext.SeqMost) throw Bad("seq");
        return new Dot(writer, seq);
    }

    static MessagePackSerializationException Bad(string what) => new($"row: bad {what}");
}
