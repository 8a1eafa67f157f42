using System.Diagnostics;
using System.Globalization;

namespace Gossip.Bench.Idle;

/// <summary>What /proc tells of a process at one moment: bytes, and counts since its start.</summary>
/// <param name="Sleeps">Voluntary context switches of all its threads that live.</param>
readonly record struct NodeReading(TimeSpan Cpu, long Resident, long Private, long Sleeps)
{
    public static NodeReading Of(Process process)
    {
        process.Refresh();
        long resident = 0, own = 0, sleeps = 0;
        foreach (var line in File.ReadLines($"/proc/{process.Id}/smaps_rollup"))
        {
            if (line.StartsWith("Rss:", StringComparison.Ordinal)) resident = 1024 * Number(line);
            if (line.StartsWith("Private_", StringComparison.Ordinal)) own += 1024 * Number(line);
        }
        foreach (var thread in Directory.GetDirectories($"/proc/{process.Id}/task"))
            try
            {
                sleeps += Number(File.ReadLines(Path.Combine(thread, "status")).First(line => line.StartsWith("voluntary_ctxt_switches:", StringComparison.Ordinal)));
            }
            catch (Exception ended) when (ended is IOException or InvalidOperationException)
            {
                // The thread ended between the two looks.
            }
        return new NodeReading(process.TotalProcessorTime, resident, own, sleeps);
    }

    static long Number(string line) => long.Parse(line.Split(':')[1].Replace("kB", "", StringComparison.Ordinal), NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture);
}
