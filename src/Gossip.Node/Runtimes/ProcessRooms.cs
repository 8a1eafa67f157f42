using System.Globalization;
using Gossip.Core.Ports;

namespace Gossip.Node.Runtimes;

/// <summary>How many processes and threads the machine, or the container that the node is in, can still start.</summary>
static class ProcessRooms
{
    const string Kernel = "/proc/sys/kernel", Group = "/sys/fs/cgroup";

    /// <summary>Without limit where the system does not say: then nothing is ever short.</summary>
    static readonly ProcessRoom Unknown = new(long.MaxValue, long.MaxValue);

    public static ProcessRoom Read() => Read(path => File.Exists(path) ? File.ReadAllText(path) : null);

    /// <param name="file">The text of a file of the kernel's; null when there is none.</param>
    internal static ProcessRoom Read(Func<string, string?> file)
    {
        var room = Unknown;
        // man 5 proc: the fourth word of loadavg is RUNNING/ALL, of processes and threads.
        if (file("/proc/loadavg")?.Split(' ') is [_, _, _, var counts, ..]
            && Number(counts[(counts.IndexOf('/', StringComparison.Ordinal) + 1)..]) is { } all
            && Number(file($"{Kernel}/pid_max")) is { } ids && Number(file($"{Kernel}/threads-max")) is { } threads)
            room = new ProcessRoom(Math.Min(ids, threads) - all, Math.Min(ids, threads));
        if (Number(file($"{Group}/pids.max")) is { } most && Number(file($"{Group}/pids.current")) is { } now && most - now < room.Free)
            room = new ProcessRoom(most - now, most);
        return room;
    }

    /// <summary>Null for no number, such as <c>max</c>.</summary>
    static long? Number(string? text) =>
        long.TryParse(text.AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
