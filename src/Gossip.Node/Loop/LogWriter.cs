using System.Buffers.Binary;
using Gossip.Core.Ports;
using Gossip.Core.Turns;
using Gossip.Core.Wire;

namespace Gossip.Node.Loop;

/// <summary>What the log's thread tells its owner.</summary>
/// <param name="Persisted">Every record up to that one survives a power cut.</param>
/// <param name="CompactionDue">The log is long: a snapshot had better take its place.</param>
/// <param name="DiskChanged">The disk is full, or has room again.</param>
/// <param name="Failed">Nothing is written any more.</param>
sealed record LogEvents(
    Action<LogPosition> Persisted, Action CompactionDue, Action<DiskReport> DiskChanged, Action<Exception> Failed);

/// <summary>
/// Group commit. The owner leaves records in one buffer while a thread of its own writes and syncs another, so that
/// an fsync delays only those who wait for it, and all that came meanwhile share the next. A full disk is tried again until it has
/// room; after any other fault nothing is written any more.
/// </summary>
sealed class LogWriter
{
    /// <summary>Wait for the disk; more means that it takes nothing any more. The node stops then, rather than grow.</summary>
    public const int MostUnwritten = 256 << 20;

    static readonly TimeSpan TryFullDiskEvery = TimeSpan.FromSeconds(1);

    readonly IStore store;
    readonly long compactAt;
    readonly LogEvents events;
    readonly Thread thread;
    readonly object gate = new();
    WireBuffer filling = new(), writing = new();
    ReadOnlyMemory<byte>? snapshot; // replaces everything before the log, and as many of the bytes that are filling as it covers
    int covered;
    LogPosition last, confirmed;
    bool ending, forgetting, isFull, compacting;
    long compactFrom; // bytes of log
    volatile bool hasFailed;

    public LogWriter(IStore store, long compactAt, LogEvents events)
    {
        (this.store, this.compactAt, this.events) = (store, compactAt, events);
        thread = new Thread(Run, 256 * 1024) { IsBackground = true, Name = "gossip log" };
        thread.Start();
    }

    /// <exception cref="IOException">The disk takes nothing, and too much waits for it.</exception>
    public void Append(LogPosition position, ReadOnlySpan<byte> record)
    {
        if (hasFailed) return; // the node gives up, and what it still says is of no use to a later life
        lock (gate)
        {
            if (filling.Length > MostUnwritten) throw new IOException("the log does not keep up with what is written: is the disk away?");
            BinaryPrimitives.WriteInt32LittleEndian(filling.GetSpan(4), record.Length);
            filling.Advance(4);
            filling.Write(record);
            last = position;
            Monitor.Pulse(gate);
        }
    }

    /// <summary>Everything appended so far is in the snapshot: it takes the place of the log, if the disk has room for both.</summary>
    public void Compact(ReadOnlySpan<byte> with)
    {
        lock (gate)
        {
            snapshot = with.ToArray();
            covered = filling.Length;
            Monitor.Pulse(gate);
        }
    }

    /// <summary>Once everything appended so far is durable, the store need not tell any more that it was damaged.</summary>
    public void ForgetDamage()
    {
        lock (gate)
        {
            forgetting = true;
            Monitor.Pulse(gate);
        }
    }

    /// <summary>Writes what is left and closes the store cleanly. Returns when that is done.</summary>
    public void Close()
    {
        lock (gate)
        {
            ending = true;
            Monitor.Pulse(gate);
        }
        if (Thread.CurrentThread != thread) thread.Join();
    }

    void Run()
    {
        compactFrom = compactAt;
        try
        {
            while (TakeWork(out var work)) Perform(work);
            if (isFull) store.Dispose(); // not a clean end, and no loss
            else store.CloseCleanly();
        }
        catch (Exception fault)
        {
            hasFailed = true;
            store.Dispose();
            events.Failed(fault);
        }
    }

    /// <param name="Covered">Bytes at the front of what is to be written that the snapshot has as well.</param>
    readonly record struct Work(ReadOnlyMemory<byte>? Snapshot, int Covered, LogPosition UpTo, bool Forgets);

    /// <summary>Waits for something to do; false at the end.</summary>
    bool TakeWork(out Work work)
    {
        work = default;
        lock (gate)
        {
            while (filling.Length == 0 && snapshot is null && !forgetting && !ending)
                if (!Monitor.Wait(gate, isFull ? TryFullDiskEvery : Timeout.InfiniteTimeSpan))
                    break;
            if (filling.Length == 0 && snapshot is null && !forgetting && ending) return false;
            work = new Work(snapshot, covered, last, forgetting);
            (filling, writing) = (writing, filling);
            (snapshot, covered, forgetting) = (null, 0, false);
            return true;
        }
    }

    void Perform(in Work work)
    {
        var skip = work.Snapshot is { } whole && TryCompact(whole) ? work.Covered : 0;
        AppendAll(skip);
        if (!TrySync()) return;
        if (work.Forgets) store.ForgetDamage();
        if (work.UpTo.Value > confirmed.Value) events.Persisted(confirmed = work.UpTo);
        LookAtRoom();
        if (compacting || store.LogBytes < compactFrom) return;
        compacting = true;
        events.CompactionDue();
    }

    /// <summary>A log may be longer than it should be; a snapshot that the disk has no room for is tried when it has doubled.</summary>
    bool TryCompact(ReadOnlyMemory<byte> whole)
    {
        compacting = false;
        try
        {
            store.Compact(whole.Span);
            compactFrom = compactAt;
            return true;
        }
        catch (DiskFull)
        {
            compactFrom = store.LogBytes == long.MaxValue ? long.MaxValue : 2 * store.LogBytes;
            return false;
        }
    }

    /// <summary>Until everything appended is durable. False: the node ended before the disk had room.</summary>
    bool TrySync()
    {
        while (true)
        {
            try
            {
                store.Sync();
                return true;
            }
            catch (DiskFull full)
            {
                BeFull(full.Message);
                lock (gate)
                {
                    if (!ending) Monitor.Wait(gate, TryFullDiskEvery);
                    if (ending) return false;
                }
            }
        }
    }

    void LookAtRoom()
    {
        if (!isFull && !store.HasReserve) BeFull("no room is left but what was set aside");
        if (!isFull || !store.TryReserve()) return;
        isFull = false;
        compactFrom = compactAt;
        events.DiskChanged(new DiskReport(DiskState.Healthy, ""));
    }

    void BeFull(string why)
    {
        if (isFull) return;
        isFull = true;
        events.DiskChanged(new DiskReport(DiskState.Full, why));
    }

    void AppendAll(int skip)
    {
        var rest = writing.Written[skip..];
        while (!rest.IsEmpty)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(rest);
            store.Append(rest.Slice(4, length));
            rest = rest[(4 + length)..];
        }
        writing.Clear();
    }
}
