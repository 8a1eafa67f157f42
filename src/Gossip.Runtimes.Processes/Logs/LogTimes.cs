using System.Buffers.Binary;
using Gossip.Core.Primitives;

namespace Gossip.Runtimes.Processes.Logs;

/// <summary>What stands in a log before this offset, and not before the mark before it, came at this time.</summary>
readonly record struct LogMark(long Offset, WallTime At);

/// <summary>
/// When what stands in a log was written: a file of marks beside it, because the log itself holds what the container
/// said and nothing else. Recent marks are as close as the log is looked at; when there are too many, every second of
/// the older half goes, so that the file stays small and the past grows coarser.
/// </summary>
sealed class LogTimes(string path)
{
    const int MarkSize = 16;
    const int Most = 16_384; // 256 KiB

    int count;

    public LogMark Last { get; private set; }

    /// <summary>For a log that an earlier life of the node has watched.</summary>
    public void Open()
    {
        var marks = Read(path);
        count = marks.Count;
        if (count > 0) Last = marks[^1];
    }

    public void Add(LogMark mark)
    {
        Span<byte> bytes = stackalloc byte[MarkSize];
        Write(bytes, mark);
        using (var file = OwnerOnly.Open(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
            file.Write(bytes);
        Last = mark;
        if (++count < Most) return;
        var marks = Read(path);
        Replace([.. marks.Where((_, i) => i % 2 == 1 || i > marks.Count / 2)]);
    }

    /// <summary>What stood before <paramref name="offset"/> is gone.</summary>
    public void Forget(long offset)
    {
        var marks = Read(path);
        if (marks.RemoveAll(mark => mark.Offset <= offset) > 0) Replace(marks);
    }

    /// <summary>The log begins anew.</summary>
    public void Clear() => Replace([]);

    /// <summary>All marks, in order; none when nothing is known. Safe while another writes.</summary>
    public static List<LogMark> Read(string path)
    {
        var marks = new List<LogMark>();
        try
        {
            ReadOnlySpan<byte> bytes = File.ReadAllBytes(path);
            for (; bytes.Length >= MarkSize; bytes = bytes[MarkSize..])
                marks.Add(new LogMark(BinaryPrimitives.ReadInt64LittleEndian(bytes), new WallTime(BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]))));
        }
        catch (Exception absent) when (absent is IOException or UnauthorizedAccessException)
        {
            // Nobody looked yet.
        }
        return marks;
    }

    void Replace(List<LogMark> marks)
    {
        var bytes = new byte[marks.Count * MarkSize];
        for (var i = 0; i < marks.Count; i++) Write(bytes.AsSpan(i * MarkSize), marks[i]);
        OwnerOnly.Write(path + ".new", bytes);
        File.Move(path + ".new", path, overwrite: true);
        count = marks.Count;
        Last = count > 0 ? marks[^1] : default;
    }

    static void Write(Span<byte> into, LogMark mark)
    {
        BinaryPrimitives.WriteInt64LittleEndian(into, mark.Offset);
        BinaryPrimitives.WriteInt64LittleEndian(into[8..], mark.At.UnixMilliseconds);
    }
}
