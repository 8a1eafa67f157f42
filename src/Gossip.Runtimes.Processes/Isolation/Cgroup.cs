using System.Globalization;
using Gossip.Core.Primitives;
using Gossip.Runtimes.Processes.Kernel;

namespace Gossip.Runtimes.Processes.Isolation;

/// <summary>The control group of a pod or of one of its containers. Its folders are made and removed; the kernel does the rest.</summary>
sealed class Cgroup(CgroupTree tree, string name)
{
    const long PeriodMicroseconds = 100_000;
    const int KilledWithin = 10_000; // ms; what sleeps in the kernel itself (state D) cannot be killed

    /// <summary>Into which of its files a process writes itself.</summary>
    public IEnumerable<string> Folders => tree.Folders(name);

    public void Create()
    {
        foreach (var folder in Folders)
            for (var tries = 3; ; tries--)
                try
                {
                    Directory.CreateDirectory(folder);
                    break;
                }
                catch (DirectoryNotFoundException) when (tries > 0)
                {
                    // The folder above was empty just now, and taken away.
                }
        tree.PassOn(name);
    }

    public void LimitProcesses(int most) => Write("pids", "pids.max", most);

    public void Limit(Resources requests, Resources limits)
    {
        if (limits.Memory.Value > 0)
        {
            Write("memory", tree.IsUnified ? "memory.max" : "memory.limit_in_bytes", limits.Memory.Value);
            // Without swap: a limit is a limit. Not every kernel counts it.
            var (swap, most) = tree.IsUnified ? ("memory.swap.max", 0L) : ("memory.memsw.limit_in_bytes", limits.Memory.Value);
            if (File.Exists(At("memory", swap))) Write("memory", swap, most);
            if (tree.IsUnified) Write("memory", "memory.oom.group", 1);
        }
        if (limits.Cpu.Value > 0)
        {
            var quota = Math.Max(1000, limits.Cpu.Value * PeriodMicroseconds / 1000);
            if (tree.IsUnified) File.WriteAllText(At("cpu", "cpu.max"), string.Create(CultureInfo.InvariantCulture, $"{quota} {PeriodMicroseconds}"));
            else Write("cpu", "cpu.cfs_quota_us", quota); // the period is 100 ms by itself
        }
        var shares = Math.Clamp(requests.Cpu.Value * 1024 / 1000, 2, 262_144);
        if (tree.IsUnified) Write("cpu", "cpu.weight", 1 + (shares - 2) * 9999 / 262_142); // Kubernetes' own conversion
        else Write("cpu", "cpu.shares", shares);
    }

    /// <summary>How often the kernel killed for want of memory.</summary>
    public long OutOfMemoryKills => Field(At("memory", tree.IsUnified ? "memory.events" : "memory.oom_control"), "oom_kill");

    public TimeSpan Cpu => tree.IsUnified
        ? TimeSpan.FromMicroseconds(Field(At("cpu", "cpu.stat"), "usage_usec"))
        : TimeSpan.FromMicroseconds(Number("cpuacct", "cpuacct.usage") / 1000);

    /// <summary>What is used but for files that the kernel may drop at any time.</summary>
    public Bytes Memory => new(Math.Max(0, Number("memory", tree.IsUnified ? "memory.current" : "memory.usage_in_bytes")
        - Field(At("memory", "memory.stat"), tree.IsUnified ? "inactive_file" : "total_inactive_file")));

    /// <summary>Those of the group itself, as this machine numbers them; empty when there is no group.</summary>
    public List<int> Processes() => [.. Read(At("pids", "cgroup.procs")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => int.Parse(line, CultureInfo.InvariantCulture))];

    /// <summary>Kills all in it and in those below, and what they fork meanwhile, and waits until they are gone.</summary>
    /// <returns>False when something could not be killed in time.</returns>
    public async Task<bool> KillAsync()
    {
        for (var waited = 0; ; waited += 5)
        {
            var processes = WithThoseBelow().SelectMany(group => group.Processes()).Where(pid => ProcessTable.Find(pid) is { IsAlive: true }).ToList();
            if (processes.Count == 0) return true;
            if (waited > KilledWithin) return false;
            foreach (var pid in processes) Libc.Signal(pid, Libc.Kill);
            await Task.Delay(waited == 0 ? 1 : 5).ConfigureAwait(false);
        }
    }

    /// <summary>With those below. Empty groups only; false when one is not.</summary>
    public bool Remove()
    {
        var gone = true;
        foreach (var group in WithThoseBelow().Reverse())
            foreach (var folder in group.Folders)
                gone &= !Directory.Exists(folder) || Libc.RemoveFolder(folder);
        return gone;
    }

    IEnumerable<Cgroup> WithThoseBelow() => Folders.Where(Directory.Exists).SelectMany(Directory.EnumerateDirectories)
        .Select(path => tree.Group($"{name}/{Path.GetFileName(path)}")).DistinctBy(group => group.Name).Prepend(this);

    string Name => name;
    string At(string controller, string file) => $"{tree.Folder(controller, name)}/{file}";
    void Write(string controller, string file, long number) => File.WriteAllText(At(controller, file), number.ToString(CultureInfo.InvariantCulture));
    long Number(string controller, string file) => long.TryParse(Read(At(controller, file)).AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    static long Field(string path, string field)
    {
        foreach (var line in Read(path).Split('\n'))
            if (line.Split(' ') is [var key, var text] && key == field && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return number;
        return 0;
    }

    static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
