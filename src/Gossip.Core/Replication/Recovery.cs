using System.Buffers;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Wire;
using MessagePack;

namespace Gossip.Core.Replication;

/// <summary>
/// Rebuilds the tables from snapshot and log. What does not parse is skipped and the rest applies; but then a joined
/// context may cover rows that were in the damaged part, and would declare them dead everywhere. A context is never wider
/// than the rows that were read: after any damage none is believed. Rows and explicit removals are, and peers repair the rest.
/// </summary>
sealed class Recovery(RowTable table, HybridClock clock)
{
    const int SnapshotFormat = 1;

    bool believesContexts;

    public ulong Boot { get; private set; }
    public WriterId Writer { get; private set; }
    public ulong Minted { get; private set; }

    /// <summary>Records, or rows of the snapshot, that could not be read.</summary>
    public int Quarantined { get; private set; }

    /// <summary>The log has rows or contexts of others: this node has not always been alone.</summary>
    public bool MetOthers { get; private set; }

    public void Read(StoreContents contents)
    {
        believesContexts = contents.Damage.Count == 0;
        if (contents.Snapshot is { } snapshot) Attempt(snapshot, ReadSnapshot);
        foreach (var record in contents.Records) Attempt(record, ReadRecord);
    }

    public static ulong BootOf(StoreContents contents)
    {
        var boot = contents.Snapshot is { } snapshot ? SnapshotBoot(snapshot) : 0;
        foreach (var record in contents.Records) boot = Math.Max(boot, JournalRecord.BootOf(record));
        return boot;
    }

    /// <summary>
    /// [format, boot, writer, minted, clock, context, rows, pending]: pending are records of writes that the log has
    /// not confirmed, and that a snapshot must not lose.
    /// </summary>
    public static void WriteSnapshot(
        IBufferWriter<byte> into, ulong boot, Writer dots, Stamp clock, RowTable table, PendingWrites pending)
    {
        var writer = new MessagePackWriter(into);
        writer.WriteArrayHeader(8);
        writer.Write(SnapshotFormat);
        writer.Write(boot);
        writer.Write(dots.Id.Value);
        writer.Write(dots.Minted);
        writer.Write(clock.Value);
        table.Context.Write(ref writer);
        writer.WriteArrayHeader(table.Count);
        foreach (var row in table.All()) RowCodec.Write(ref writer, row);
        writer.WriteArrayHeader(pending.Count);
        foreach (var write in pending.InOrder) writer.Write(write.Record);
        writer.Flush();
    }

    delegate void Reading(ref MessagePackReader reader);

    void Attempt(ReadOnlyMemory<byte> bytes, Reading read)
    {
        var reader = new MessagePackReader(bytes);
        try
        {
            read(ref reader);
        }
        catch (Exception damaged) when (Codec.IsMalformed(damaged))
        {
            Quarantine();
        }
    }

    void Quarantine()
    {
        Quarantined++;
        believesContexts = false; // of those before, the rows were read
    }

    void ReadSnapshot(ref MessagePackReader reader)
    {
        if (reader.ReadArrayHeader() < 8 || reader.ReadInt32() != SnapshotFormat)
            throw new MessagePackSerializationException("snapshot: unknown format");
        Boot = reader.ReadUInt64();
        Writer = new WriterId(reader.ReadUInt64());
        Minted = reader.ReadUInt64();
        clock.Restore(new Stamp(reader.ReadUInt64()));
        var context = CausalContext.Read(ref reader);
        MergeRows(ref reader, own: false);
        if (believesContexts) table.Context.Join(context); // after the rows: it covers their births
        for (var left = reader.ReadArrayHeader(); left > 0; left--) Attempt(WireBytes.Read(ref reader, int.MaxValue), ReadRecord);
    }

    void ReadRecord(ref MessagePackReader reader)
    {
        var elements = reader.ReadArrayHeader();
        if (elements < 2) throw new MessagePackSerializationException("record: too few elements");
        switch ((JournalKind)reader.ReadByte())
        {
            case JournalKind.Boot:
                Boot = Math.Max(Boot, reader.ReadUInt64());
                break;
            case JournalKind.Writer:
                Writer = new WriterId(reader.ReadUInt64());
                Minted = 0;
                break;
            case JournalKind.Rows:
                MergeLogged(ref reader, reader.ReadBoolean());
                break;
            case JournalKind.Removal:
                var removal = RowRemoval.Read(ref reader);
                table.Remove(removal.Uid, removal.Dots, out _);
                break;
            case JournalKind.Context:
                var context = CausalContext.Read(ref reader);
                MetOthers = true;
                if (believesContexts) table.Context.Join(context);
                break;
            default:
                throw new MessagePackSerializationException("record: unknown kind"); // of a newer version
        }
    }

    void MergeLogged(ref MessagePackReader reader, bool own)
    {
        MetOthers |= !own;
        MergeRows(ref reader, own);
    }

    void MergeRows(ref MessagePackReader reader, bool own)
    {
        for (var left = reader.ReadArrayHeader(); left > 0; left--)
        {
            if (RowCodec.TryRead(ref reader) is not { } row)
            {
                Quarantine();
                continue;
            }
            table.Merge(row, out _);
            if (!own) continue;
            foreach (var cell in row)
            {
                // An own row has cells of others, too, and another's clock may be years off. Records are read in the order in which they
                // were written, so this is the writer that the node was by then.
                if (cell.Dot.Writer != Writer) continue;
                clock.Restore(cell.Stamp);
                Minted = Math.Max(Minted, cell.Dot.Seq);
            }
        }
    }

    static ulong SnapshotBoot(ReadOnlyMemory<byte> snapshot)
    {
        var reader = new MessagePackReader(snapshot);
        try
        {
            return reader.ReadArrayHeader() >= 8 && reader.ReadInt32() == SnapshotFormat ? reader.ReadUInt64() : 0;
        }
        catch (Exception damaged) when (Codec.IsMalformed(damaged))
        {
            return 0;
        }
    }
}
