using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Wire;

namespace Gossip.Simulation.Machines;

/// <summary>All that a disk held at some time.</summary>
internal sealed record SimDisk(byte[]? Snapshot, byte[] Log, StoreCard? Card, ulong Generation);

/// <summary>
/// A machine's disk. What was appended and not synced may be lost, wholly or from somewhere in the middle of a
/// record, when the machine loses power; a process that dies leaves it to the operating system, which keeps it.
/// The two files are as those of a real store (<see cref="StoreFormat"/>), so that they can be damaged like them.
/// </summary>
/// <param name="owner">The node whose disk it is.</param>
/// <param name="keeps">False for a machine that never starts again: nothing is written then.</param>
internal sealed class SimStore(NodeId owner, RandomStream random, Sometimes sometimes, bool keeps = true) : IStore
{
    const ulong Salt = 1; // nobody writes objects that look like records here

    readonly WireBuffer log = new(keeps ? 16 * 1024 : 0);
    byte[]? snapshot;
    StoreCard? card;
    ulong generation;
    uint snapshotSum;
    int synced;
    bool closedCleanly;
    bool isDamaged;

    public bool Keeps => keeps;
    public bool HasReserve => true;
    public bool TryReserve() => true;
    public long LogBytes => isDamaged ? long.MaxValue : Math.Max(0, log.Length - StoreFormat.HeadSize);

    /// <summary>Whether there is anything to read: not on a new machine's disk.</summary>
    public bool IsEmpty => snapshot is null && LogBytes == 0;

    public StoreContents Open()
    {
        if (!keeps) return new StoreContents(null, [], IsClean: false);
        CleanEnd? end = closedCleanly ? new CleanEnd(generation, log.Length) : null;
        var read = StoreReading.Of(new StoreFiles(snapshot, log.Length > 0 ? log.Written.ToArray() : null, card, end), owner);
        Check.That(read.Foreign is null);
        if (!read.IsSnapshotUsed) snapshot = null;
        snapshotSum = read.Snapshot;
        if (read.LogKeeps is { } length)
        {
            if (length < log.Length) sometimes.Count("a torn record is cut off");
            log.Truncate(length);
            generation = read.Generation;
        }
        else BeginLog(read.Generation);
        isDamaged = read.Contents.Damage.Count > 0;
        if (isDamaged) sometimes.Count("a store is found damaged");
        card = new StoreCard(owner, HasLog: true, [.. read.Contents.Damage]);
        synced = log.Length;
        closedCleanly = false;
        return read.Contents;
    }

    public void Append(ReadOnlySpan<byte> record)
    {
        if (!keeps) return;
        StoreFormat.WriteRecordHead(log.GetSpan(StoreFormat.RecordHead), record, (uint)(log.Length - synced), Salt);
        log.Advance(StoreFormat.RecordHead);
        log.Write(record);
    }

    public void Sync() => synced = log.Length;

    public void Compact(ReadOnlySpan<byte> whole)
    {
        var file = new byte[StoreFormat.HeadSize + whole.Length];
        snapshotSum = StoreFormat.WriteSnapshotHead(file, owner, generation + 1, whole);
        whole.CopyTo(file.AsSpan(StoreFormat.HeadSize));
        snapshot = file;
        BeginLog(generation + 1);
        synced = log.Length;
        isDamaged = false;
    }

    public void ForgetDamage()
    {
        Sync();
        card = new StoreCard(owner, HasLog: true, []);
    }

    public void CloseCleanly()
    {
        Sync();
        closedCleanly = true;
    }

    /// <summary>The power goes: of what was not synced, a prefix of any length survives.</summary>
    public void LosePower()
    {
        var keep = synced + random.Below(log.Length - synced + 1);
        if (keep < log.Length) sometimes.Count("unsynced bytes are lost");
        log.Truncate(keep);
    }

    /// <summary>Somebody put an empty disk in.</summary>
    public void Wipe()
    {
        snapshot = null;
        card = null;
        log.Clear();
        (generation, snapshotSum) = (0, 0);
        synced = 0;
        closedCleanly = false;
    }

    /// <summary>One bit of the snapshot turns; false where there is none.</summary>
    public bool DamageSnapshot(RandomStream where)
    {
        if (snapshot is null) return false;
        Flip(snapshot, where);
        sometimes.Count("a snapshot rots");
        return true;
    }

    /// <summary>The snapshot's file is gone; false where there was none.</summary>
    public bool LoseSnapshot()
    {
        if (snapshot is null) return false;
        snapshot = null;
        sometimes.Count("a snapshot is lost");
        return true;
    }

    /// <summary>One bit of the log turns, anywhere; false where there is none.</summary>
    public bool DamageLog(RandomStream where)
    {
        if (log.Length == 0) return false;
        Flip(log.At(0, log.Length), where);
        sometimes.Count("a log rots");
        return true;
    }

    /// <summary>The log's file is gone; false where there was none.</summary>
    public bool LoseLog()
    {
        if (log.Length == 0) return false;
        log.Clear();
        synced = 0;
        sometimes.Count("a log is lost");
        return true;
    }

    /// <summary>The card's file is gone, or cannot be read; false where there was none.</summary>
    public bool LoseCard()
    {
        if (card is null) return false;
        card = null;
        sometimes.Count("a card is lost");
        return true;
    }

    /// <summary>Everything on it as of now, to be brought back later: a backup, or a snapshot of the machine.</summary>
    public SimDisk Copy() => new(snapshot, log.Written.ToArray(), card, generation);

    /// <summary>Somebody brought an older state back, the whole of it: false when there was none.</summary>
    public bool Restore(SimDisk older)
    {
        if (older.Log.Length == 0) return false;
        RestoreLog(older.Log);
        (snapshot, card, generation) = (older.Snapshot, older.Card, older.Generation);
        sometimes.Count("an older disk is brought back");
        return true;
    }

    /// <summary>Somebody put one older file beside the newer others.</summary>
    public bool Mix(SimDisk older, bool isLog)
    {
        if (older.Log.Length == 0 || !isLog && older.Snapshot is null) return false;
        if (isLog) RestoreLog(older.Log);
        else snapshot = older.Snapshot;
        sometimes.Count("an older file is brought back");
        return true;
    }

    /// <summary>Somebody put a file of another node beside the others.</summary>
    public bool Swap(SimStore other, bool isLog)
    {
        if (other.log.Length == 0 || log.Length == 0 || !isLog && other.snapshot is null) return false;
        if (isLog) RestoreLog(other.log.Written.ToArray());
        else snapshot = other.snapshot;
        sometimes.Count("a file of another node is put in");
        return true;
    }

    void RestoreLog(byte[] older)
    {
        log.Clear();
        log.Write(older);
        synced = log.Length;
        closedCleanly = false; // the marker knows the very file that it was written for
    }

    public void Dispose() { }

    static void Flip(Span<byte> file, RandomStream where) => file[where.Below(file.Length)] ^= (byte)(1 << where.Below(8));

    void BeginLog(ulong of)
    {
        generation = of;
        log.Clear();
        StoreFormat.WriteLogHead(log.GetSpan(StoreFormat.HeadSize), owner, generation, Salt, snapshotSum);
        log.Advance(StoreFormat.HeadSize);
    }
}
