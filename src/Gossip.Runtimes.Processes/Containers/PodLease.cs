using System.Globalization;

namespace Gossip.Runtimes.Processes.Containers;

/// <summary>
/// Until when a singleton may live: a file beside the pod with a moment of /proc/uptime in hundredths of seconds, which goes
/// on while the machine sleeps. Each container has a guard that reads it; see <see cref="ContainerShell"/>.
/// </summary>
static class PodLease
{
    /// <summary>The file; empty for a pod that needs none.</summary>
    public static string Of(ProcessPod pod) => pod.Launch.Template.IsSingleton ? Path.Combine(pod.Folder.Path, "lease") : "";

    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Extend(ProcessPod pod, Func<TimeSpan> left)
    {
        if (Of(pod) is not { Length: > 0 } path) return;
        // The uptime first: what passes between the two clocks shortens the lease, never the other way round.
        var uptime = decimal.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], CultureInfo.InvariantCulture);
        var until = (long)((uptime + (decimal)left().TotalSeconds) * 100);
        OwnerOnly.Write(path + ".new", until.ToString(CultureInfo.InvariantCulture) + "\n");
        File.Move(path + ".new", path, overwrite: true);
    }
}
