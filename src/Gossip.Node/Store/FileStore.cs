using System.Buffers.Binary;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Wire;
using Microsoft.Win32.SafeHandles;

namespace Gossip.Node.Store;

/// <summary>
/// A folder with a log, a snapshot and a marker of a clean end. Each compaction begins a generation: the snapshot of
/// generation g replaces the old one by a rename, then an empty log of generation g replaces the old log. A log whose
/// generation is not the snapshot's was overtaken by a crash in between and is passed over.
/// </summary>
/// <remarks>
/// Files begin with a magic number and the generation, then hold <see cref="Checked"/> records. The clean marker names
/// the log's generation, its length and its identity, which no copy and no restored backup shares, so that a folder brought back from yesterday does not pass for clean and mint yesterday's dots again.
/// </remarks>
public sealed class FileStore(string folder) : IStore
{
    const int FileHead = 16;
    const ulong LogMagic = 0x31474F4C50535347, SnapshotMagic = 0x31504E5350535347; // "GSSPLOG1", "GSSPSNP1"

    readonly string logPath = Path.Combine(folder, "log");
    readonly string snapshotPath = Path.Combine(folder, "snapshot");
    readonly string cleanPath = Path.Combine(folder, "clean");
    readonly WireBuffer unwritten = new();
    FolderLock? held;
    SafeFileHandle? log;
    ulong generation;
    long written;
    bool faulted;

    public long LogBytes => written + unwritten.Length - FileHead;

    /// <exception cref="StoreFault">Another node has the folder, or it cannot be read or written.</exception>
    public StoreContents Open()
    {
        Check.That(held is null);
        held = FolderLock.Take(folder);
        return Guard(() =>
        {
            foreach (var path in (ReadOnlySpan<string>)[logPath, snapshotPath, cleanPath]) OwnerOnly.Restrict(path);
            return ReadBack();
        });
    }

    public void Append(ReadOnlySpan<byte> record)
    {
        Check.That(record.Length <= Checked.LongestRecord);
        Checked.WriteHead(unwritten.GetSpan(Checked.Head), record);
        unwritten.Advance(Checked.Head);
        unwritten.Write(record);
    }

    public void Sync() => Guard(() =>
    {
        Flush();
        RandomAccess.FlushToDisk(log!);
        return true;
    });

    public void Compact(ReadOnlySpan<byte> snapshot)
    {
        Check.That(log is not null && !faulted);
        try
        {
            unwritten.Clear(); // the snapshot holds it
            generation++;
            Span<byte> head = stackalloc byte[FileHead + Checked.Head];
            WriteFileHead(head, SnapshotMagic);
            Checked.WriteHead(head[FileHead..], snapshot);
            Durable.Replace(snapshotPath, head, snapshot);
            BeginLog();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            faulted = true;
            throw StoreFault.Writing(folder, fault);
        }
    }

    public void CloseCleanly()
    {
        Sync();
        Guard(() =>
        {
            Durable.Replace(cleanPath, Marker(), []);
            return true;
        });
        Dispose();
    }

    public void Dispose()
    {
        log?.Dispose();
        held?.Dispose();
        log = null;
        held = null;
    }

    StoreContents ReadBack()
    {
        var isClean = File.Exists(cleanPath) && File.Exists(logPath) && File.ReadAllBytes(cleanPath).AsSpan().SequenceEqual(MarkerOf(File.ReadAllBytes(logPath)));
        Durable.Remove(cleanPath); // from here on only CloseCleanly makes it clean again

        var snapshot = ReadSnapshot(ref isClean);
        var records = new List<ReadOnlyMemory<byte>>();
        ReadOnlyMemory<byte> bytes = File.Exists(logPath) ? File.ReadAllBytes(logPath) : default;
        var belongs = TryReadFileHead(bytes.Span, LogMagic, out var of) && (of == generation || snapshot is null);
        if (!belongs)
        {
            isClean = false;
            BeginLog();
            return new StoreContents(snapshot, records, isClean);
        }
        generation = of;
        var rest = bytes[FileHead..];
        while (Checked.TryRead(ref rest, Checked.LongestRecord, out var record)) records.Add(record);
        written = bytes.Length - rest.Length;
        log = File.OpenHandle(logPath, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        if (!rest.IsEmpty)
        {
            isClean = false;
            RandomAccess.SetLength(log, written); // what comes after damage has no place in the order
            RandomAccess.FlushToDisk(log);
        }
        return new StoreContents(snapshot, records, isClean);
    }

    /// <summary>A damaged snapshot is kept aside for people, and the node begins again with what its peers and its log know.</summary>
    ReadOnlyMemory<byte>? ReadSnapshot(ref bool isClean)
    {
        if (!File.Exists(snapshotPath)) return null;
        ReadOnlyMemory<byte> bytes = File.ReadAllBytes(snapshotPath);
        if (TryReadFileHead(bytes.Span, SnapshotMagic, out var of))
        {
            var rest = bytes[FileHead..];
            if (Checked.TryRead(ref rest, int.MaxValue, out var snapshot) && rest.IsEmpty)
            {
                generation = of;
                return snapshot;
            }
        }
        isClean = false;
        File.Move(snapshotPath, snapshotPath + ".damaged", overwrite: true);
        return null;
    }

    void BeginLog()
    {
        log?.Dispose();
        Span<byte> head = stackalloc byte[FileHead];
        WriteFileHead(head, LogMagic);
        Durable.Replace(logPath, head, []);
        log = File.OpenHandle(logPath, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        written = FileHead;
    }

    void Flush()
    {
        if (unwritten.Length == 0) return;
        RandomAccess.Write(log!, unwritten.Written, written);
        written += unwritten.Length;
        unwritten.Clear();
    }

    byte[] Marker() => MarkerOf(generation, written);

    byte[] MarkerOf(ReadOnlySpan<byte> logFile) =>
        TryReadFileHead(logFile, LogMagic, out var of) ? MarkerOf(of, logFile.Length) : [];

    byte[] MarkerOf(ulong of, long length)
    {
        var marker = new byte[24];
        BinaryPrimitives.WriteUInt64LittleEndian(marker, of);
        BinaryPrimitives.WriteInt64LittleEndian(marker.AsSpan(8), length);
        BinaryPrimitives.WriteUInt64LittleEndian(marker.AsSpan(16), Durable.Identity(logPath));
        return marker;
    }

    void WriteFileHead(Span<byte> into, ulong magic)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(into, magic);
        BinaryPrimitives.WriteUInt64LittleEndian(into[8..], generation);
    }

    static bool TryReadFileHead(ReadOnlySpan<byte> file, ulong magic, out ulong generation)
    {
        generation = 0;
        if (file.Length < FileHead || BinaryPrimitives.ReadUInt64LittleEndian(file) != magic) return false;
        generation = BinaryPrimitives.ReadUInt64LittleEndian(file[8..]);
        return true;
    }

    T Guard<T>(Func<T> act)
    {
        Check.That(!faulted);
        try
        {
            return act();
        }
        catch (Exception fault) when (fault is (IOException or UnauthorizedAccessException) and not StoreFault)
        {
            faulted = true;
            throw StoreFault.Writing(folder, fault);
        }
    }
}
