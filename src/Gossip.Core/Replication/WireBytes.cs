using System.Buffers;
using System.Buffers.Binary;
using Gossip.Core.Primitives;
using MessagePack;

namespace Gossip.Core.Replication;

/// <summary>Bounded reads of byte strings, and lists of fixed-width numbers within them (little-endian).</summary>
static class WireBytes
{
    /// <summary>A uid in a list: writer 8 + seq 8.</summary>
    public const int UidBytes = 16;

    /// <summary>The bytes where they lie: valid as long as what is read from.</summary>
    public static ReadOnlyMemory<byte> Read(ref MessagePackReader reader, int most)
    {
        var bytes = reader.ReadBytes() ?? default;
        if (bytes.Length > most) throw new MessagePackSerializationException($"bytes: {bytes.Length} where {most} are allowed");
        return bytes.IsSingleSegment ? bytes.First : bytes.ToArray();
    }

    /// <summary>A list of entries of a fixed width.</summary>
    public static ReadOnlyMemory<byte> ReadList(ref MessagePackReader reader, int width, int most)
    {
        var bytes = Read(ref reader, most);
        if (bytes.Length % width != 0) throw new MessagePackSerializationException($"list: {bytes.Length} bytes are no multiple of {width}");
        return bytes;
    }

    public static void WriteUid(Span<byte> into, Uid uid)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(into, uid.Birth.Writer.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(into[8..], uid.Birth.Seq);
    }

    public static Uid ReadUid(ReadOnlySpan<byte> from) =>
        new(BinaryPrimitives.ReadUInt64LittleEndian(from), BinaryPrimitives.ReadUInt64LittleEndian(from[8..]));
}
