using System.Buffers.Binary;
using Gossip.Core;
using Gossip.Core.Ports;
using Gossip.Core.Turns;
using Gossip.Core.Wire;

namespace Gossip.Node.Loop;

/// <summary>
/// Group commit. The owner leaves records in one buffer while a thread of its own writes and syncs another, so that
/// an fsync delays only those who wait for it, and all that came meanwhile share the next. After the first fault nothing
/// is written any more.
/// </summary>
sealed class LogWriter
{
    /// <summary>Wait for the disk; more means that it takes nothing any more. The node stops then, rather than grow.</summary>
    public const int MostUnwritten = 256 << 20;

    readonly IStore store;
    readonly long compactAt;
    readonly Action<LogPosition> persisted;
    readonly Action compactionDue;
    readonly Action<Exception> failed;
    readonly Thread thread;
    readonly object gate = new();
    WireBuffer filling = new(), writing = new();
    ReadOnlyMemory<byte>? snapshot; // replaces everything before the records that are filling
    LogPosition last;
    bool compacting, ending, forgetting;

    public LogWriter(IStore store, long compactAt, Action<LogPosition> persisted, Action compactionDue, Action<Exception> failed)
    {
        (this.store, this.compactAt) = (store, compactAt);
        (this.persisted, this.compactionDue, this.failed) = (persisted, compactionDue, failed);
        thread = new Thread(Run, 256 * 1024) { IsBackground = true, Name = "gossip log" };
        thread.Start();
    }

    public void Append(LogPosition position, ReadOnlySpan<byte> record)
    {
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

    /// <summary>Everything appended so far is in the snapshot: it takes the place of the log.</summary>
    public void Compact(ReadOnlySpan<byte> with)
    {
        lock (gate)
        {
            snapshot = with.ToArray();
            filling.Clear();
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
        var confirmed = LogPosition.None;
        try
        {
            while (true)
            {
                ReadOnlyMemory<byte>? replacing;
                LogPosition upTo;
                bool forgets;
                lock (gate)
                {
                    while (filling.Length == 0 && snapshot is null && !forgetting && !ending) Monitor.Wait(gate);
                    if (filling.Length == 0 && snapshot is null && !forgetting) break;
                    (filling, writing) = (writing, filling);
                    (replacing, snapshot) = (snapshot, null);
                    (forgets, forgetting) = (forgetting, false);
                    upTo = last;
                }
                if (replacing is { } whole) store.Compact(whole.Span);
                AppendAll();
                store.Sync();
                if (forgets) store.ForgetDamage();
                if (upTo.Value > confirmed.Value) persisted(confirmed = upTo);
                if (replacing is not null) compacting = false;
                if (compacting || store.LogBytes < compactAt) continue;
                compacting = true;
                compactionDue();
            }
            store.CloseCleanly();
        }
        catch (Exception fault)
        {
            store.Dispose();
            failed(fault);
        }
    }

    void AppendAll()
    {
        var rest = writing.Written;
        while (!rest.IsEmpty)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(rest);
            store.Append(rest.Slice(4, length));
            rest = rest[(4 + length)..];
        }
        writing.Clear();
    }
}
