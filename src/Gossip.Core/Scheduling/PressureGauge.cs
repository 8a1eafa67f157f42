using System.Globalization;
using Gossip.Core.Ports;

namespace Gossip.Core.Scheduling;

/// <summary>
/// Whether the machine is short of disk or of processes, by what its runtimes tell. Pressure begins below the least that must be left and
/// ends at half as much again. (Source of the rule: the kubelet's node-pressure eviction.)
/// </summary>
sealed class PressureGauge
{
    readonly SortedDictionary<string, DiskRoom> low = new(StringComparer.Ordinal); // by runtime
    ProcessRoom? fewProcesses;

    /// <summary>What it is short of now.</summary>
    public Pressures Now =>
        (low.Count > 0 ? Pressures.Disk : Pressures.None) | (fewProcesses is not null ? Pressures.Processes : Pressures.None);

    /// <summary>A phrase for people; empty when it is short of nothing.</summary>
    public string Why { get; private set; } = "";

    /// <summary>True when it is short of something else than before.</summary>
    public bool Take(MachineUsed used)
    {
        var before = Now;
        var disk = used.Use.Disk;
        if (disk.IsLow || low.ContainsKey(used.Runtime) && !disk.IsAmple) low[used.Runtime] = disk;
        else low.Remove(used.Runtime);
        if (used.Processes.IsLow || fewProcesses is not null && !used.Processes.IsAmple) fewProcesses = used.Processes;
        else fewProcesses = null;
        if (Now == before) return false;
        Why = string.Join("; ", Phrases());
        return true;
    }

    IEnumerable<string> Phrases()
    {
        foreach (var (runtime, room) in low)
            yield return string.Create(CultureInfo.InvariantCulture,
                $"the disk of {runtime} pods is low: {room.Free.Value >> 20} MiB of {room.Size.Value >> 20} are left");
        if (fewProcesses is { } few)
            yield return string.Create(CultureInfo.InvariantCulture, $"processes are few: {few.Free} of {few.Most} are left");
    }
}
