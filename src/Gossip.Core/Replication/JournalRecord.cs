using System.Collections.Immutable;
using Gossip.Core.Primitives;
using Gossip.Core.Wire;
using MessagePack;

namespace Gossip.Core.Replication;

/// <summary>What a record of the log says. Numbers are the disk's format and never change meaning.</summary>
enum JournalKind : byte
{
    /// <summary>A life of the node began.</summary>
    Boot = 1,
    /// <summary>This node writes under a new writer id.</summary>
    Writer = 2,
    /// <summary>Rows to merge.</summary>
    Rows = 3,
    /// <summary>A row is gone.</summary>
    Removal = 4,
    /// <summary>A peer's context was joined, after the rows that it speaks of.</summary>
    Context = 5,
}

/// <summary>The log's records as bytes: [kind, ...]. Each can be read, or skipped, without the others.</summary>
static class JournalRecord
{
    public static void WriteBoot(WireBuffer into, ulong boot) => WriteNumber(into, JournalKind.Boot, boot);
    public static void WriteWriter(WireBuffer into, WriterId id) => WriteNumber(into, JournalKind.Writer, id.Value);

    /// <param name="own">They are this node's own writes: after a restart its clock and its seqs start above them.</param>
    public static void WriteRows(WireBuffer into, ReadOnlySpan<Row> rows, bool own)
    {
        var writer = Open(into, JournalKind.Rows, 2);
        writer.Write(own);
        writer.WriteArrayHeader(rows.Length);
        foreach (var row in rows) RowCodec.Write(ref writer, row);
        writer.Flush();
    }

    public static void WriteRemoval(WireBuffer into, Uid uid, ImmutableArray<Dot> dots)
    {
        var writer = Open(into, JournalKind.Removal, 1);
        RowRemoval.Write(ref writer, new RowRemoval(uid, dots));
        writer.Flush();
    }

    public static void WriteContext(WireBuffer into, CausalContext context)
    {
        var writer = Open(into, JournalKind.Context, 1);
        context.Write(ref writer);
        writer.Flush();
    }

    /// <summary>The boot that a record tells of, or 0.</summary>
    public static ulong BootOf(ReadOnlyMemory<byte> record)
    {
        var reader = new MessagePackReader(record);
        try
        {
            return reader.ReadArrayHeader() >= 2 && (JournalKind)reader.ReadByte() == JournalKind.Boot ? reader.ReadUInt64() : 0;
        }
        catch (Exception damaged) when (Codec.IsMalformed(damaged))
        {
            return 0;
        }
    }

    static void WriteNumber(WireBuffer into, JournalKind kind, ulong number)
    {
        var writer = Open(into, kind, 1);
        writer.Write(number);
        writer.Flush();
    }

    static MessagePackWriter Open(WireBuffer into, JournalKind kind, int elements)
    {
        into.Clear();
        var writer = new MessagePackWriter(into);
        writer.WriteArrayHeader(1 + elements);
        writer.Write((byte)kind);
        return writer;
    }
}
