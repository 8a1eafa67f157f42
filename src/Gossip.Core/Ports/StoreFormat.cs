using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using Gossip.Core.Primitives;

namespace Gossip.Core.Ports;

/// <summary>
/// How a store's two files lie on the disk: the log, a head and then records; the snapshot, a head and then its bytes.
/// <see cref="StoreReading"/> says what is left of them. Little-endian.
/// </summary>
/// <remarks>
/// Head, <see cref="HeadSize"/> bytes: the same 48 bytes twice, because without a head nothing after it can be read. Each copy:
/// magic number 8, the node whose file it is 8, generation 8, then of a log its salt 8, of a snapshot its length 8; the sum of a
/// snapshot's bytes 4, in a log that of the snapshot that it follows; zero 8; last the sum of these 44 bytes, 4.
/// Record: length 3 and <see cref="Mark"/> 1, sum 4, unsynced 4, then the bytes. Sums are CRC-32C.
/// </remarks>
static class StoreFormat
{
    public const int HeadSize = 2 * HeadCopy;

    /// <summary>Before each record.</summary>
    public const int RecordHead = 12;

    /// <summary>A row of the greatest object, and room.</summary>
    public const int LongestRecord = 4 << 20;

    public const ulong LogMagic = 0x33474F4C50535347, SnapshotMagic = 0x33504E5350535347; // "GSSPLOG3", "GSSPSNP3"

    const int HeadCopy = 48, SumAt = HeadCopy - 4;
    const byte Mark = 0xA7; // what a search for records after damage looks for
    const int MarkAt = 3;

    /// <param name="Owner">The node that wrote the file.</param>
    /// <param name="Content">The salt of a log; the length of a snapshot.</param>
    /// <param name="Snapshot">The sum of the snapshot's bytes: of this one, or of the one that this log follows; 0 for none.</param>
    public readonly record struct Head(NodeId Owner, ulong Generation, ulong Content, uint Snapshot);

    /// <param name="salt">
    /// Drawn for each log, and part of every record's sum. So nobody can write an object whose bytes pass for a record when the damaged
    /// log around them is searched.
    /// </param>
    /// <param name="snapshot">
    /// What <see cref="WriteSnapshotHead"/> returned for the snapshot of this generation; 0 when there is none.
    /// </param>
    public static void WriteLogHead(Span<byte> into, NodeId owner, ulong generation, ulong salt, uint snapshot) =>
        WriteHead(into, LogMagic, new Head(owner, generation, salt, snapshot));

    /// <returns>The sum of its bytes, for the log that follows it.</returns>
    public static uint WriteSnapshotHead(Span<byte> into, NodeId owner, ulong generation, ReadOnlySpan<byte> snapshot)
    {
        var sum = Sum(0, 0, 0, snapshot);
        WriteHead(into, SnapshotMagic, new Head(owner, generation, (ulong)snapshot.Length, sum));
        return sum;
    }

    /// <summary>False when neither copy can be read.</summary>
    /// <param name="isWhole">Both copies can, and say the same.</param>
    public static bool TryReadHead(ReadOnlySpan<byte> file, ulong magic, out Head head, out bool isWhole)
    {
        head = default;
        isWhole = false;
        if (file.Length < HeadSize) return false;
        var first = TryReadCopy(file, magic, out head);
        var second = TryReadCopy(file[HeadCopy..], magic, out var other);
        isWhole = first && second && head == other;
        if (!first) head = other;
        return first || second;
    }

    /// <summary>The format of a file that another version of this program wrote; null for any other file.</summary>
    public static char? OtherFormat(ReadOnlySpan<byte> file, ulong magic)
    {
        if (file.Length < sizeof(ulong)) return null;
        var (format, ours) = ((char)file[7], (char)(magic >> 56));
        var isOurs = (BinaryPrimitives.ReadUInt64LittleEndian(file) ^ magic) << 8 == 0; // but for the last byte, the format's digit
        return isOurs && format != ours && char.IsAsciiDigit(format) ? format : null;
    }

    public static bool IsSnapshot(in Head head, ReadOnlySpan<byte> bytes) =>
        head.Content == (ulong)bytes.Length && head.Snapshot == Sum(0, 0, 0, bytes);

    /// <param name="unsynced">
    /// How many bytes of the file, right before this record, may still be lost with the power. The others are on the disk.
    /// </param>
    public static void WriteRecordHead(Span<byte> into, ReadOnlySpan<byte> record, uint unsynced, ulong salt)
    {
        var word = (uint)record.Length | (uint)Mark << 24;
        BinaryPrimitives.WriteUInt32LittleEndian(into, word);
        BinaryPrimitives.WriteUInt32LittleEndian(into[4..], Sum(salt, word, unsynced, record));
        BinaryPrimitives.WriteUInt32LittleEndian(into[8..], unsynced);
    }

    /// <summary>Reads the record at an offset of the log's file; false where there is none.</summary>
    public static bool TryReadRecord(ReadOnlySpan<byte> file, int at, ulong salt, out int length, out uint unsynced)
    {
        (length, unsynced) = (0, 0);
        if (file.Length - at < RecordHead) return false;
        var word = BinaryPrimitives.ReadUInt32LittleEndian(file[at..]);
        if (word >> 24 != Mark) return false;
        length = (int)(word & 0xFF_FFFF);
        unsynced = BinaryPrimitives.ReadUInt32LittleEndian(file[(at + 8)..]);
        if (length > LongestRecord || length > file.Length - at - RecordHead || unsynced > at - HeadSize) return false;
        return BinaryPrimitives.ReadUInt32LittleEndian(file[(at + 4)..]) == Sum(salt, word, unsynced, file.Slice(at + RecordHead, length));
    }

    /// <summary>The offset of the next record from <paramref name="at"/> on; the file's length when there is none.</summary>
    public static int NextRecord(ReadOnlySpan<byte> file, int at, ulong salt)
    {
        while (at + RecordHead <= file.Length)
        {
            var marked = file[(at + MarkAt)..].IndexOf(Mark);
            if (marked < 0) break;
            at += marked;
            if (TryReadRecord(file, at, salt, out _, out _)) return at;
            at++;
        }
        return file.Length;
    }

    static void WriteHead(Span<byte> into, ulong magic, in Head head)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(into, magic);
        BinaryPrimitives.WriteUInt64LittleEndian(into[8..], head.Owner.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(into[16..], head.Generation);
        BinaryPrimitives.WriteUInt64LittleEndian(into[24..], head.Content);
        BinaryPrimitives.WriteUInt32LittleEndian(into[32..], head.Snapshot);
        into[36..SumAt].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(into[SumAt..], Sum(0, 0, 0, into[..SumAt]));
        into[..HeadCopy].CopyTo(into[HeadCopy..]);
    }

    static bool TryReadCopy(ReadOnlySpan<byte> copy, ulong magic, out Head head)
    {
        head = new Head(
            new NodeId(BinaryPrimitives.ReadUInt64LittleEndian(copy[8..])), BinaryPrimitives.ReadUInt64LittleEndian(copy[16..]),
            BinaryPrimitives.ReadUInt64LittleEndian(copy[24..]), BinaryPrimitives.ReadUInt32LittleEndian(copy[32..]));
        return BinaryPrimitives.ReadUInt64LittleEndian(copy) == magic
            && BinaryPrimitives.ReadUInt32LittleEndian(copy[SumAt..]) == Sum(0, 0, 0, copy[..SumAt]);
    }

    static uint Sum(ulong salt, uint word, uint unsynced, ReadOnlySpan<byte> bytes)
    {
        var sum = BitOperations.Crc32C(BitOperations.Crc32C(BitOperations.Crc32C(0xFFFF_FFFF, salt), word), unsynced);
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var eight in words)
            sum = BitOperations.Crc32C(sum, BitConverter.IsLittleEndian ? eight : BinaryPrimitives.ReverseEndianness(eight));
        foreach (var last in bytes[(words.Length * sizeof(ulong))..]) sum = BitOperations.Crc32C(sum, last);
        return ~sum;
    }
}
