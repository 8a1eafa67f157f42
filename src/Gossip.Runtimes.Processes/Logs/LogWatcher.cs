using System.Runtime.InteropServices;
using Gossip.Core.Primitives;
using Gossip.Runtimes.Processes.Kernel;

namespace Gossip.Runtimes.Processes.Logs;

/// <summary>
/// Looks at logs when something came: the kernel says so once (inotify), and then a log rests from being watched and is
/// looked at ten times a second until it is quiet again. So a silent log costs nothing, the first line after a silence has
/// its exact time, and a flood costs no more than ten looks.
/// </summary>
/// <remarks>Thread-safe.</remarks>
sealed class LogWatcher : IDisposable
{
    public static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(100);
    const int EventSize = 16; // watch, mask, cookie, length of a name: 0 for a file itself

    readonly Lock gate = new();
    readonly Dictionary<int, ContainerLog> quiet = []; // by watch
    readonly Dictionary<ContainerLog, long> busy = []; // until when it rests
    readonly Action<string, string> failed;
    readonly int events = Libc.OpenFileEvents();
    readonly int bell = Libc.OpenBell();
    readonly Thread thread;
    bool disposed;

    /// <param name="failed">Takes a log's path and what went wrong with it.</param>
    public LogWatcher(Action<string, string> failed)
    {
        this.failed = failed;
        thread = new Thread(Run) { IsBackground = true, Name = "gossip log watcher" };
        thread.Start();
    }

    public void Add(ContainerLog log)
    {
        lock (gate) busy[log] = 0;
        Libc.Ring(bell);
    }

    /// <summary>Has the last look, too.</summary>
    public void Remove(ContainerLog log)
    {
        lock (gate)
        {
            busy.Remove(log);
            foreach (var (watch, watched) in quiet)
                if (watched == log && quiet.Remove(watch))
                {
                    Libc.Forget(events, watch);
                    break;
                }
        }
        Look(log);
        log.Dispose();
    }

    public void Dispose()
    {
        lock (gate)
        {
            if (disposed) return;
            disposed = true;
        }
        Libc.Ring(bell);
        thread.Join();
        foreach (var log in quiet.Values.Concat(busy.Keys)) log.Dispose();
        Libc.Close(events);
        Libc.Close(bell);
    }

    void Run()
    {
        var buffer = new byte[256 * EventSize];
        var due = new List<ContainerLog>();
        while (true)
        {
            int pause;
            lock (gate)
            {
                if (disposed) return;
                pause = busy.Count == 0 ? -1 : (int)Math.Clamp(busy.Values.Min() - Environment.TickCount64, 0, (long)Rest.TotalMilliseconds);
            }
            Libc.PollEntry[] entries = [Libc.PollEntry.ToRead(events), Libc.PollEntry.ToRead(bell)];
            Libc.Wait(entries, pause);
            if (entries[1].Happened != 0) Libc.Hush(bell);
            if (entries[0].Happened != 0) Wake(buffer.AsSpan(0, Math.Max(0, Libc.Read(events, buffer))));

            var now = Environment.TickCount64;
            lock (gate)
                foreach (var (log, until) in busy)
                    if (until <= now) due.Add(log);
            foreach (var log in due) Attend(log, now);
            due.Clear();
        }
    }

    void Wake(ReadOnlySpan<byte> happened)
    {
        lock (gate)
            for (; happened.Length >= EventSize; happened = happened[EventSize..])
                if (quiet.Remove(MemoryMarshal.Read<int>(happened), out var log)) busy[log] = 0; // one event, and the watch is gone
    }

    void Attend(ContainerLog log, long now)
    {
        if (Look(log))
        {
            lock (gate)
                if (busy.ContainsKey(log)) busy[log] = now + (long)Rest.TotalMilliseconds;
            return;
        }
        lock (gate)
        {
            if (!busy.ContainsKey(log)) return;
            var watch = Libc.WatchOnce(events, log.Path);
            if (watch < 0)
            {
                busy[log] = now + (long)Rest.TotalMilliseconds; // no watch to be had: go on looking
                return;
            }
            busy.Remove(log);
            quiet[watch] = log;
        }
        if (!Look(log)) return; // between the look and the watch nothing came
        lock (gate)
            foreach (var (watch, watched) in quiet)
                if (watched == log && quiet.Remove(watch))
                {
                    Libc.Forget(events, watch);
                    busy[log] = now + (long)Rest.TotalMilliseconds;
                    break;
                }
    }

    bool Look(ContainerLog log)
    {
        try
        {
            return log.Look(new WallTime(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            failed(log.Path, fault.Message);
            return false;
        }
    }
}
