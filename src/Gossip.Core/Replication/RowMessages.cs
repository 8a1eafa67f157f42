using System.Collections.Immutable;
using Gossip.Core.Primitives;
using Gossip.Core.Wire;
using MessagePack;

namespace Gossip.Core.Replication;

/// <summary>News of one row, whole.</summary>
readonly record struct RowDelta(Row Row) : IWireMessage<RowDelta>
{
    public static MessageKind Kind => MessageKind.RowDelta;
    public static void Write(ref MessagePackWriter writer, in RowDelta message) => RowCodec.Write(ref writer, message.Row);
    public static RowDelta Read(ref MessagePackReader reader) => new(RowCodec.Read(ref reader));
}

/// <summary>
/// A row is gone for ever. <paramref name="Dots"/> are those that its cells had, as far as they fit: they only keep
/// contexts free of gaps.
/// </summary>
readonly record struct RowRemoval(Uid Uid, ImmutableArray<Dot> Dots) : IWireMessage<RowRemoval>
{
    /// <summary>A removal always fits a datagram: 48 dots of at most 19 bytes.</summary>
    public const int DotsMost = 48;

    public static MessageKind Kind => MessageKind.RowRemoval;

    public static RowRemoval Of(Row row)
    {
        var dots = new SortedSet<Dot>();
        foreach (var cell in row)
            if (cell.Dot != row.Uid.Birth && dots.Count < DotsMost) dots.Add(cell.Dot);
        return new RowRemoval(row.Uid, [.. dots]);
    }

    public static void Write(ref MessagePackWriter writer, in RowRemoval message)
    {
        writer.WriteArrayHeader(3);
        writer.Write(message.Uid.Birth.Writer.Value);
        writer.Write(message.Uid.Birth.Seq);
        writer.WriteArrayHeader(2 * message.Dots.Length);
        foreach (var dot in message.Dots)
        {
            writer.Write(dot.Writer.Value);
            writer.Write(dot.Seq);
        }
    }

    public static RowRemoval Read(ref MessagePackReader reader)
    {
        var elements = reader.ReadArrayHeader();
        if (elements < 3) throw new MessagePackSerializationException("removal: too few elements");
        var birth = ReadDot(ref reader);
        var numbers = reader.ReadArrayHeader();
        if (numbers % 2 != 0 || numbers > 2 * DotsMost) throw new MessagePackSerializationException("removal: bad count of dots");
        var dots = ImmutableArray.CreateBuilder<Dot>(numbers / 2);
        for (var i = 0; i < numbers; i += 2) dots.Add(ReadDot(ref reader));
        Codec.SkipRest(ref reader, elements - 3);
        return new RowRemoval(new Uid(birth), dots.MoveToImmutable());
    }

    static Dot ReadDot(ref MessagePackReader reader)
    {
        var dot = new Dot(new WriterId(reader.ReadUInt64()), reader.ReadUInt64());
        if (dot.Seq is 0 or > CausalContext.SeqMost) throw new MessagePackSerializationException("removal: seq out of range");
        return dot;
    }
}
