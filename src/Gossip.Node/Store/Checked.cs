using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Gossip.Node.Store;

/// <summary>How bytes lie in the store's files: length 4, CRC-32C 4 over length and bytes, then the bytes. Little-endian.</summary>
static class Checked
{
    public const int Head = 8;

    /// <summary>The longest record: a row of the greatest object, and room; the greatest snapshot is what fits an array.</summary>
    public const int LongestRecord = 4 << 20;

    public static void WriteHead(Span<byte> head, ReadOnlySpan<byte> bytes)
    {
        BinaryPrimitives.WriteInt32LittleEndian(head, bytes.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(head[4..], Sum(bytes));
    }

    /// <summary>Cuts the next record off <paramref name="rest"/>; false at the end and where damage begins.</summary>
    public static bool TryRead(ref ReadOnlyMemory<byte> rest, int longest, out ReadOnlyMemory<byte> bytes)
    {
        bytes = default;
        if (rest.Length < Head) return false;
        var length = BinaryPrimitives.ReadInt32LittleEndian(rest.Span);
        if (length < 0 || length > longest || length > rest.Length - Head) return false;
        var body = rest.Slice(Head, length);
        if (BinaryPrimitives.ReadUInt32LittleEndian(rest.Span[4..]) != Sum(body.Span)) return false;
        bytes = body;
        rest = rest[(Head + length)..];
        return true;
    }

    /// <summary>CRC-32C seeded with the length, so that neither zeros nor a wrong length pass.</summary>
    static uint Sum(ReadOnlySpan<byte> bytes)
    {
        var sum = BitOperations.Crc32C(0xFFFF_FFFF, (uint)bytes.Length);
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words) sum = BitOperations.Crc32C(sum, BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word));
        foreach (var last in bytes[(words.Length * sizeof(ulong))..]) sum = BitOperations.Crc32C(sum, last);
        return ~sum;
    }
}
