using System.Buffers;
using System.Globalization;
using System.Text;
using Gossip.Core.Ports;
using Gossip.Runtimes.Processes.Kernel;
using Microsoft.Win32.SafeHandles;

namespace Gossip.Runtimes.Processes.Logs;

/// <summary>One reading of a log: finds where to begin, copies to where it ends, and goes on as long as it is followed.</summary>
/// <param name="live">The log of the running attempt; null for one that has ended.</param>
sealed class LogReader(string path, string timesPath, ContainerLog? live, LogQuery query, Stream output)
{
    const int ChunkSize = 64 << 10;

    List<LogMark> marks = [];
    int mark;
    bool atLineStart = true;

    /// <exception cref="IOException">The log is gone, or who wanted it is.</exception>
    public async Task CopyAsync(CancellationToken cancel)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        marks = LogTimes.Read(timesPath);
        var position = Start(file);
        while (true)
        {
            var isLast = !query.Follow || live is null or { IsClosed: true };
            var grown = live?.Grown ?? Task.CompletedTask; // asked for before the end is known, so that nothing is missed
            var end = RandomAccess.GetLength(file);
            if (end < position) (position, mark, marks) = (0, 0, []); // it began anew
            if (!isLast)
            {
                var last = live!.LastMark; // what has no time yet comes with the next look
                if (marks.Count == 0 || marks[^1].Offset < last.Offset) marks.Add(last);
                end = Math.Min(end, last.Offset);
            }
            position = await CopyAsync(file, position, end, cancel).ConfigureAwait(false);
            await output.FlushAsync(cancel).ConfigureAwait(false);
            if (isLast) return;
            await grown.WaitAsync(cancel).ConfigureAwait(false);
        }
    }

    long Start(SafeFileHandle file)
    {
        var size = RandomAccess.GetLength(file);
        var start = Libc.FirstData(file);
        if (start > 0) start = NextLine(file, start, size);
        if (query.Since is { } since)
        {
            var before = marks.FindLastIndex(mark => mark.At.UnixMilliseconds < since.UnixMilliseconds);
            if (before >= 0 && marks[before].Offset > start) start = NextLine(file, marks[before].Offset - 1, size);
        }
        return query.Tail is { } lines ? Math.Max(start, LastLines(file, start, size, lines)) : start;
    }

    /// <summary>The place behind the first line's end at or after <paramref name="from"/>.</summary>
    static long NextLine(SafeFileHandle file, long from, long size)
    {
        var buffer = new byte[4096];
        while (from < size)
        {
            var read = RandomAccess.Read(file, buffer, from);
            if (read <= 0) break;
            var end = buffer.AsSpan(0, read).IndexOf((byte)'\n');
            if (end >= 0) return from + end + 1;
            from += read;
        }
        return size;
    }

    static long LastLines(SafeFileHandle file, long start, long size, int lines)
    {
        if (lines <= 0) return size;
        var buffer = new byte[ChunkSize];
        var last = new byte[1];
        // A line without its end is a line as well.
        if (size > start && RandomAccess.Read(file, last, size - 1) == 1 && last[0] == '\n') lines++;
        for (var from = size; from > start;)
        {
            var length = (int)Math.Min(ChunkSize, from - start);
            from -= length;
            var block = buffer.AsSpan(0, RandomAccess.Read(file, buffer.AsSpan(0, length), from));
            for (var end = block.LastIndexOf((byte)'\n'); end >= 0; end = block[..end].LastIndexOf((byte)'\n'))
                if (--lines == 0) return from + end + 1;
        }
        return start;
    }

    async Task<long> CopyAsync(SafeFileHandle file, long position, long end, CancellationToken cancel)
    {
        if (position >= end) return position;
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkSize);
        try
        {
            while (position < end)
            {
                var read = await RandomAccess.ReadAsync(file, buffer.AsMemory(0, (int)Math.Min(ChunkSize, end - position)), position, cancel).ConfigureAwait(false);
                if (read == 0) break;
                if (Libc.FirstData(file) is var head && head > position)
                {
                    // It was cut while we read: what we hold may be the hole, which reads as zeros.
                    (position, atLineStart) = (NextLine(file, head, end), true);
                    continue;
                }
                if (query.Timestamps) await StampAsync(buffer.AsMemory(0, read), position, cancel).ConfigureAwait(false);
                else await output.WriteAsync(buffer.AsMemory(0, read), cancel).ConfigureAwait(false);
                position += read;
            }
            return position;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    async Task StampAsync(ReadOnlyMemory<byte> bytes, long position, CancellationToken cancel)
    {
        var stamped = new ArrayBufferWriter<byte>(bytes.Length * 2);
        while (!bytes.IsEmpty)
        {
            if (atLineStart) Encoding.ASCII.GetBytes(StampOf(position), stamped);
            var line = bytes.Span.IndexOf((byte)'\n') is >= 0 and var end ? bytes[..(end + 1)] : bytes;
            stamped.Write(line.Span);
            atLineStart = line.Span[^1] == '\n';
            position += line.Length;
            bytes = bytes[line.Length..];
        }
        await output.WriteAsync(stamped.WrittenMemory, cancel).ConfigureAwait(false);
    }

    string StampOf(long offset)
    {
        while (mark < marks.Count && marks[mark].Offset <= offset) mark++;
        var at = mark < marks.Count ? marks[mark].At : marks.Count > 0 ? marks[^1].At : default;
        return string.Create(CultureInfo.InvariantCulture, $"{DateTimeOffset.FromUnixTimeMilliseconds(at.UnixMilliseconds).UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff}000000Z ");
    }
}
