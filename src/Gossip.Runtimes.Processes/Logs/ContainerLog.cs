using Gossip.Core.Primitives;
using Gossip.Runtimes.Processes.Kernel;
using Microsoft.Win32.SafeHandles;

namespace Gossip.Runtimes.Processes.Logs;

/// <summary>
/// The output of a running attempt. The container appends to the file itself, so that no pump costs a copy of every byte
/// and dies with the node. What is over the limit is given back to the disk at the file's head, by punching a hole:
/// offsets stay as they are, and neither the writer nor a reader loses a line.
/// </summary>
/// <remarks>Thread-safe.</remarks>
sealed class ContainerLog : IDisposable
{
    public const long DefaultLimit = 10 << 20; // Kubernetes' containerLogMaxSize
    const long TooLong = 1L << 40; // an ext4 file ends at 16 TiB; a flood of a GB/s gets here in a quarter of an hour

    readonly Lock gate = new();
    readonly FileStream stream;
    readonly SafeFileHandle file;
    readonly LogTimes times;
    readonly long limit;
    long seen, kept;
    TaskCompletionSource? grown;
    bool closed;

    public ContainerLog(string path, string timesPath, long limit)
    {
        (Path, this.limit, times) = (path, limit, new LogTimes(timesPath));
        stream = OwnerOnly.Open(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        file = stream.SafeFileHandle;
        times.Open();
        (seen, kept) = (times.Last.Offset, Libc.FirstData(file));
        // What came while no node looked came at the latest when the file was last written.
        Look(new WallTime(new DateTimeOffset(File.GetLastWriteTimeUtc(file)).ToUnixTimeMilliseconds()));
    }

    public string Path { get; }

    /// <summary>Nothing more will come.</summary>
    public bool IsClosed
    {
        get
        {
            lock (gate) return closed;
        }
    }

    public LogMark LastMark
    {
        get
        {
            lock (gate) return times.Last;
        }
    }

    /// <summary>Completes when more is there than at this moment, or nothing more will come.</summary>
    public Task Grown
    {
        get
        {
            lock (gate) return closed ? Task.CompletedTask : (grown ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Notes what came since the last look, and when; bounds the file.</summary>
    /// <returns>Whether anything came.</returns>
    public bool Look(WallTime now)
    {
        lock (gate)
        {
            if (closed) return false;
            var size = RandomAccess.GetLength(file);
            if (size == seen) return false;
            if (size < seen) StartOver(); // somebody cut it
            times.Add(new LogMark(size, now));
            seen = size;
            if (seen - kept > limit) Bound();
            grown?.SetResult();
            grown = null;
            return true;
        }
    }

    void Bound()
    {
        var cut = (seen - limit / 2) / Libc.HoleAlignment * Libc.HoleAlignment;
        if (cut <= kept) return;
        if (seen > TooLong || !Libc.PunchHole(file, cut))
        {
            RandomAccess.SetLength(file, 0); // this file system knows no holes: what was said so far is lost
            StartOver();
            return;
        }
        times.Forget(cut);
        kept = cut;
    }

    void StartOver()
    {
        times.Clear();
        (seen, kept) = (0, 0);
    }

    public void Dispose()
    {
        lock (gate)
        {
            if (closed) return;
            closed = true;
            grown?.TrySetResult();
            stream.Dispose();
        }
    }
}
