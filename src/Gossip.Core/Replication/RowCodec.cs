using System.Collections.Immutable;
using System.Text;
using Gossip.Core.Model;
using Gossip.Core.Wire;
using MessagePack;

namespace Gossip.Core.Replication;

/// <summary>
/// A row as bytes, the same on the wire and in the log: [writer, seq, kind, cells], a cell being [field, writer or
/// nil for the birth's, seq, generation, stamp, value]. A newer version adds cells, never elements: cells that this
/// build does not know are held and passed on.
/// </summary>
public static class RowCodec
{
    /// <summary>Longest field: a prefix such as <c>data.</c> before a config key of 253 characters.</summary>
    static readonly string[] Known = [Fields.Birth, Fields.Status, Fields.Round];

    const int FieldMost = Limits.Name + 64;

    /// <summary>Array headers, two dots, generation, stamp and two length headers of a cell at their longest.</summary>
    const int CellOverhead = 46;

    /// <summary>A row that measures more travels in parts.</summary>
    public const int PartMost = Limits.FramePayload - 1024;

    public static void Write(ref MessagePackWriter writer, Row row)
    {
        writer.WriteArrayHeader(4);
        writer.Write(row.Uid.Birth.Writer.Value);
        writer.Write(row.Uid.Birth.Seq);
        writer.Write((byte)row.Kind);
        writer.WriteArrayHeader(row.Cells.Length);
        foreach (var cell in row.Cells)
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
        var cells = held.Cells.AsSpan();
        for (var left = reader.ReadArrayHeader(); left > 0; left--)
        {
            var elements = reader.ReadArrayHeader();
            if (elements < 6 || !reader.TryReadStringSpan(out var field)) return false;
            var writer = reader.TryReadNil() ? uid.Birth.Writer : new WriterId(reader.ReadUInt64());
            var dot = new Dot(writer, reader.ReadUInt64());
            var generation = reader.ReadUInt32();
            var stamp = new Stamp(reader.ReadUInt64());
            Codec.SkipRest(ref reader, elements - 5);
            while (!cells.IsEmpty && !Ascii.Equals(field, cells[0].Field)) cells = cells[1..];
            if (cells.IsEmpty || cells[0].Dot != dot || cells[0].Generation != generation || cells[0].Stamp != stamp) return false;
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
        var bytes = 32;
        foreach (var cell in row.Cells) bytes += CellOverhead + 3 * cell.Field.Length + cell.Value.Length;
        return bytes;
    }

    /// <summary>
    /// The row itself, or, for one that grew past a frame (two partitions may each have added up to the limit), parts
    /// that each have the birth: registers join one by one, so the parts make the whole again.
    /// </summary>
    public static IEnumerable<Row> Parts(Row row)
    {
        if (row.Cells.Length <= Limits.Cells && Measure(row) <= PartMost) return [row];
        return Cut(row);

        static IEnumerable<Row> Cut(Row row)
        {
            var birth = row with { Cells = [row.Cells[0]] };
            var part = birth;
            for (var i = 1; i < row.Cells.Length; i++)
            {
                var larger = part with { Cells = part.Cells.Add(row.Cells[i]) };
                if (part.Cells.Length > 1 && (larger.Cells.Length > Limits.Cells || Measure(larger) > PartMost))
                {
                    yield return part;
                    larger = birth with { Cells = [row.Cells[0], row.Cells[i]] };
                }
                part = larger;
            }
            yield return part;
        }
    }

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
        var value = WireBytes.Read(ref reader, Limits.ObjectBytes).ToArray();
        Codec.SkipRest(ref reader, elements - 6);
        return new Cell(field, dot, generation, stamp, value);
    }

    /// <summary>Of every pod's rows each node keeps the names: those that the core writes itself are the same string everywhere.</summary>
    static string ReadField(ref MessagePackReader reader)
    {
        var text = reader.CreatePeekReader();
        if (text.TryReadStringSpan(out var bytes))
            foreach (var known in Known)
                if (Ascii.Equals(bytes, known))
                {
                    reader = text;
                    return known;
                }
        return reader.ReadString() ?? throw Bad("field");
    }

    static Dot ReadDot(ref MessagePackReader reader, WriterId writer)
    {
        var seq = reader.ReadUInt64();
        if (seq is 0 or > CausalContext.SeqMost) throw Bad("seq");
        return new Dot(writer, seq);
    }

    static MessagePackSerializationException Bad(string what) => new($"row: bad {what}");
}
