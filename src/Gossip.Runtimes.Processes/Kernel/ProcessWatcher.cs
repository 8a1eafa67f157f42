namespace Gossip.Runtimes.Processes.Kernel;

/// <summary>
/// Tells when processes end, children or not: one thread sleeps in poll(2) over a pidfd each, so that watching
/// costs nothing until something happens, and a number that was given to another process is never mistaken.
/// </summary>
/// <remarks>Thread-safe.</remarks>
sealed class ProcessWatcher : IDisposable
{
    sealed record Watch(int Descriptor, TaskCompletionSource Ended);

    readonly Lock gate = new();
    readonly List<Watch> watches = [];
    readonly int bell = Libc.OpenBell();
    readonly Thread thread;
    bool disposed;

    public ProcessWatcher()
    {
        thread = new Thread(Run) { IsBackground = true, Name = "gossip process watcher" };
        thread.Start();
    }

    /// <summary>Completes when the process has ended (a zombie has); cancelled when this watcher is disposed first.</summary>
    public Task EndOf(ProcessStat process)
    {
        lock (gate)
        {
            if (disposed) return Task.FromCanceled(new CancellationToken(true));
            var descriptor = Libc.OpenPid(process.Pid);
            if (descriptor < 0) return Task.CompletedTask;
            // Looked up after opening: if the start times agree now, the descriptor is of the process that was meant.
            if (ProcessTable.Find(process.Pid) is not { } found || found.StartTime != process.StartTime)
            {
                Libc.Close(descriptor);
                return Task.CompletedTask;
            }
            var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            watches.Add(new Watch(descriptor, ended));
            Libc.Ring(bell);
            return ended.Task;
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            if (disposed) return;
            disposed = true;
            Libc.Ring(bell);
        }
        thread.Join();
        foreach (var watch in watches)
        {
            Libc.Close(watch.Descriptor);
            watch.Ended.TrySetCanceled();
        }
        watches.Clear();
        Libc.Close(bell);
    }

    void Run()
    {
        Libc.PollEntry[] entries = [];
        while (true)
        {
            lock (gate)
            {
                if (disposed) return;
                entries = [Libc.PollEntry.ToRead(bell), .. watches.Select(watch => Libc.PollEntry.ToRead(watch.Descriptor))];
            }
            Libc.Wait(entries);
            if (entries[0].Happened != 0) Libc.Hush(bell);
            lock (gate)
            {
                // Only this thread removes, and others add at the end: the entries still stand at their places.
                for (var i = entries.Length - 1; i > 0; i--)
                {
                    if (entries[i].Happened == 0) continue;
                    Libc.Close(watches[i - 1].Descriptor);
                    watches[i - 1].Ended.SetResult();
                    watches.RemoveAt(i - 1);
                }
            }
        }
    }
}
