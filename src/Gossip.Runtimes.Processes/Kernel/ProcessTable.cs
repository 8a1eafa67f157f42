using System.Globalization;
using System.Text;

namespace Gossip.Runtimes.Processes.Kernel;

/// <summary>One line of /proc/PID/stat, as far as we need it.</summary>
/// <param name="State">R, S, D … and Z for a process that has ended but was not waited for.</param>
/// <param name="CpuTicks">That it used, with those of its children that it waited for.</param>
/// <param name="StartTime">In clock ticks since the machine's boot: with the pid, a name that is never reused within it.</param>
readonly record struct ProcessStat(int Pid, char State, int Session, ulong CpuTicks, ulong StartTime)
{
    public bool IsAlive => State is not ('Z' or 'X');

    /// <summary>Null when the text is not a whole line. The command's name stands in brackets and may hold any sign.</summary>
    public static ProcessStat? Parse(ReadOnlySpan<char> line)
    {
        var open = line.IndexOf('(');
        var close = line.LastIndexOf(')');
        if (open < 1 || close < open || close + 2 >= line.Length) return null;
        Span<Range> parts = stackalloc Range[21];
        var rest = line[(close + 2)..];
        if (rest.Split(parts, ' ') < parts.Length) return null; // state is field 3 of proc(5), session 6, times 14 to 17, start time 22
        ulong ticks = 0;
        foreach (var part in parts[11..15])
            if (ulong.TryParse(rest[part], NumberStyles.None, CultureInfo.InvariantCulture, out var some)) ticks += some;
        return int.TryParse(line[..open].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
            && int.TryParse(rest[parts[3]], NumberStyles.None, CultureInfo.InvariantCulture, out var session)
            && ulong.TryParse(rest[parts[19]], NumberStyles.None, CultureInfo.InvariantCulture, out var start)
            ? new ProcessStat(pid, rest[parts[0]][0], session, ticks, start)
            : null;
    }
}

/// <summary>What /proc says of the processes on this machine.</summary>
static class ProcessTable
{
    /// <summary>Changes with each boot of the machine: start times of different boots do not compare.</summary>
    public static string BootId { get; } = ReadText("/proc/sys/kernel/random/boot_id")?.Trim() ?? "";

    public static ProcessStat? Find(int pid) =>
        ReadText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat")) is { } line ? ProcessStat.Parse(line) : null;

    /// <summary>What a process has for itself in memory, in bytes: without the files that it shares with others. 0 when it is gone.</summary>
    public static long OwnMemory(int pid) =>
        ReadText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/statm"))?.Split(' ') is [_, var resident, var shared, ..]
            ? (long.Parse(resident, CultureInfo.InvariantCulture) - long.Parse(shared, CultureInfo.InvariantCulture)) * Environment.SystemPageSize
            : 0;

    /// <summary>The variables with which a process was started; empty when it is gone.</summary>
    public static Dictionary<string, string> Variables(int pid)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in Encoding.UTF8.GetString(ReadBytes(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/environ"))).Split('\0'))
            if (entry.IndexOf('=') is > 0 and var at) variables[entry[..at]] = entry[(at + 1)..];
        return variables;
    }

    /// <summary>Every living process that is in <paramref name="session"/> or carries <paramref name="mark"/> in its environment.</summary>
    /// <param name="session">0 for none.</param>
    /// <param name="mark"><c>NAME=PATH</c>; a process whose value is that path, or below it, carries it.</param>
    public static List<ProcessStat> Members(int session, string mark)
    {
        var members = new List<ProcessStat>();
        var bytes = Encoding.UTF8.GetBytes(mark);
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)) continue;
            if (Find(pid) is not { IsAlive: true } stat) continue;
            if ((session != 0 && stat.Session == session) || Carries(folder, bytes)) members.Add(stat);
        }
        return members;
    }

    static bool Carries(string folder, ReadOnlySpan<byte> mark)
    {
        ReadOnlySpan<byte> environment = ReadBytes(folder + "/environ");
        while (!environment.IsEmpty)
        {
            var end = environment.IndexOf((byte)0);
            var entry = end < 0 ? environment : environment[..end];
            if (entry.StartsWith(mark) && (entry.Length == mark.Length || entry[mark.Length] == '/')) return true;
            environment = end < 0 ? [] : environment[(end + 1)..];
        }
        return false;
    }

    static string? ReadText(string path) => ReadBytes(path) is { Length: > 0 } bytes ? Encoding.UTF8.GetString(bytes) : null;

    /// <summary>Empty when the process is gone or is not ours to look at.</summary>
    static byte[] ReadBytes(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
