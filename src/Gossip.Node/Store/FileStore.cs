using System.Buffers.Binary;
using System.Security.Cryptography;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Wire;

namespace Gossip.Node.Store;

/// <summary>
/// A folder with a log, a snapshot, a marker of a clean end, in the form of <see cref="StoreFormat"/>, and a <see cref="FolderCard"/>.
/// Each compaction begins a generation: the snapshot of generation g replaces the old one by a rename, then an empty log of generation g
/// replaces the old log.
/// </summary>
/// <remarks>
/// The clean marker names the log's generation, its length, its identity and its last change, which no copy and no restored backup
/// shares, so that a folder brought back from yesterday does not pass for clean and mint yesterday's dots again. Of damaged files a
/// copy is kept beside them. The card keeps what was wrong until it has been made good, so that a crash before that does not make it
/// forgotten.
/// </remarks>
/// <param name="node">The name of the node whose folder it is.</param>
sealed class FileStore(string folder, string node) : IStore
{
    const string Aside = ".damaged";

    readonly FolderFiles files = new(folder);
    readonly Reserve reserve = new(folder);
    readonly WireBuffer unwritten = new();
    readonly NodeId owner = NodeId.Of(node);
    FolderLock? held;
    FileStream? log;
    ulong generation, salt;
    uint snapshotSum;
    long written, synced;
    bool faulted, isDamaged;

    public long LogBytes => isDamaged ? long.MaxValue : written + unwritten.Length - StoreFormat.HeadSize;

    /// <exception cref="StoreFault">
    /// Another node has the folder, or it is another node's, or it cannot be read or written, or another version wrote it.
    /// </exception>
    public StoreContents Open()
    {
        Check.That(held is null);
        held = FolderLock.Take(folder);
        return Guard(() =>
        {
            foreach (var path in files.All) OwnerOnly.Restrict(path);
            var contents = ReadBack();
            reserve.TryTake();
            return contents;
        });
    }

    public void Append(ReadOnlySpan<byte> record)
    {
        Check.That(record.Length <= StoreFormat.LongestRecord);
        var unsynced = written + unwritten.Length - synced;
        StoreFormat.WriteRecordHead(unwritten.GetSpan(StoreFormat.RecordHead), record, checked((uint)unsynced), salt);
        unwritten.Advance(StoreFormat.RecordHead);
        unwritten.Write(record);
    }

    public bool HasReserve => reserve.IsHeld;

    public bool TryReserve() => Guard(reserve.TryTake);

    public void Sync() => Guard(() =>
    {
        WithReserve(Flush);
        Posix.Sync(log!.SafeFileHandle);
        synced = written;
        return true;
    });

    public void Compact(ReadOnlySpan<byte> snapshot)
    {
        Check.That(log is not null && !faulted);
        try
        {
            var (nextSalt, next) = (DrawSalt(), generation + 1);
            Span<byte> snapshotHead = stackalloc byte[StoreFormat.HeadSize], logHead = stackalloc byte[StoreFormat.HeadSize];
            var sum = StoreFormat.WriteSnapshotHead(snapshotHead, owner, next, snapshot);
            StoreFormat.WriteLogHead(logHead, owner, next, nextSalt, sum);
            // Both are written before either is renamed: a disk that is full then has changed nothing.
            WriteAside(snapshotHead, snapshot, logHead);
            Durable.TakePlace(files.Snapshot);
            Durable.TakePlace(files.Log);
            unwritten.Clear(); // the snapshot holds it
            (generation, salt, snapshotSum) = (next, nextSalt, sum);
            OpenNewLog();
            isDamaged = false;
        }
        catch (Exception fault) when (fault is (IOException or UnauthorizedAccessException) and not DiskFull)
        {
            faulted = true;
            throw StoreFault.Writing(folder, fault);
        }
    }

    void WriteAside(ReadOnlySpan<byte> snapshotHead, ReadOnlySpan<byte> snapshot, ReadOnlySpan<byte> logHead)
    {
        try
        {
            Durable.WriteAside(files.Snapshot, snapshotHead, snapshot);
            Durable.WriteAside(files.Log, logHead, []);
        }
        catch (IOException full) when (StoreFault.IsFull(full))
        {
            Durable.Forget(files.Snapshot);
            Durable.Forget(files.Log);
            throw new DiskFull($"the disk of the data folder {folder} has no room for a snapshot of {snapshot.Length} bytes", full);
        }
    }

    public void ForgetDamage()
    {
        Sync();
        Guard(() =>
        {
            WithReserve(() => new FolderCard(node, HasLog: true, []).Write(folder));
            return true;
        });
    }

    public void CloseCleanly()
    {
        Sync();
        Guard(() =>
        {
            WithReserve(() => Durable.Replace(files.Clean, files.MarkerOf(generation, written), []));
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
        var found = files.Read(out var card);
        var read = StoreReading.Of(found, owner);
        if (read.Foreign is { } other) throw Foreign(other, card);
        Durable.Remove(files.Clean); // from here on only CloseCleanly makes it clean again

        var damage = read.Contents.Damage.ToList();
        if (read.IsSnapshotDamaged) damage.Add(KeepAside(files.Snapshot, isUsed: read.IsSnapshotUsed));
        if (read.IsLogDamaged) damage.Add(KeepAside(files.Log, isUsed: read.LogKeeps is not null));
        isDamaged = damage.Count > 0;
        (generation, snapshotSum) = (read.Generation, read.Snapshot);
        // The card is written before the files are mended, so that what was wrong is known until it is made good.
        var hasLog = card is { HasLog: true } || found.Log is not null;
        if (card is null || isDamaged) new FolderCard(node, hasLog, [.. damage.Distinct(StringComparer.Ordinal)]).Write(folder);
        if (read.LogKeeps is not { } length) BeginLog();
        else GoOn(length, read.Salt);
        if (!hasLog) new FolderCard(node, HasLog: true, [.. damage]).Write(folder);
        return read.Contents with { Damage = damage };
    }

    StoreFault Foreign(NodeId other, FolderCard? card)
    {
        var name = card is not null && NodeId.Of(card.Node) == other ? $"'{card.Node}'" : $"with the id {other}";
        return new StoreFault(
            $"the data folder {folder} is of another node, {name}, and not of '{node}': two nodes that go on from one folder would undo "
            + "each other's work; start the node under its own name, or choose another folder");
    }

    /// <summary>Goes on with the log that is there. What was read from it is believed, so it has to be on the disk first.</summary>
    void GoOn(int length, ulong withSalt)
    {
        salt = withSalt;
        log = OwnerOnly.Open(files.Log, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        if (log.Length > length) log.SetLength(length); // what a crash left unfinished
        Posix.Sync(log.SafeFileHandle);
        written = synced = length;
    }

    void BeginLog()
    {
        salt = DrawSalt();
        Span<byte> head = stackalloc byte[StoreFormat.HeadSize];
        StoreFormat.WriteLogHead(head, owner, generation, salt, snapshotSum);
        Durable.Replace(files.Log, head, []);
        OpenNewLog();
    }

    void OpenNewLog()
    {
        log?.Dispose();
        log = OwnerOnly.Open(files.Log, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        written = synced = StoreFormat.HeadSize;
    }

    static ulong DrawSalt()
    {
        Span<byte> drawn = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(drawn);
        return BinaryPrimitives.ReadUInt64LittleEndian(drawn);
    }

    /// <summary>When there is no room, what was set aside is given back, and it is tried once more.</summary>
    /// <param name="write">What can be done again after it failed: the fsync of a log is none of it.</param>
    void WithReserve(Action write)
    {
        try
        {
            write();
        }
        catch (IOException full) when (StoreFault.IsFull(full))
        {
            if (!reserve.IsHeld) throw new DiskFull($"the disk of the data folder {folder} is full", full);
            reserve.GiveBack();
            WithReserve(write);
        }
    }

    void Flush()
    {
        if (unwritten.Length == 0) return;
        RandomAccess.Write(log!.SafeFileHandle, unwritten.Written, written);
        written += unwritten.Length;
        unwritten.Clear();
    }

    /// <summary>For people, who may want to look at it; returns the sentence that names it. The newest of a kind is kept.</summary>
    static string KeepAside(string path, bool isUsed)
    {
        var aside = path + Aside;
        if (!isUsed) Durable.Move(path, aside);
        else
        {
            using var from = OwnerOnly.Open(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            using var to = OwnerOnly.Open(aside, FileMode.Create, FileAccess.Write, FileShare.None);
            from.CopyTo(to);
        }
        return $"the damaged file is kept as {aside}";
    }

    T Guard<T>(Func<T> act)
    {
        Check.That(!faulted);
        try
        {
            return act();
        }
        catch (Exception fault) when (fault is (IOException or UnauthorizedAccessException) and not (StoreFault or DiskFull))
        {
            faulted = true;
            throw StoreFault.Writing(folder, fault);
        }
    }
}
