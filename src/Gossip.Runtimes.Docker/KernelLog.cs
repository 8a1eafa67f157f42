using System.Runtime.InteropServices;
using System.Text;

namespace Gossip.Runtimes.Docker;

/// <summary>
/// The kernel's own record of what it killed for want of memory. Podman does not say it, and a container's control group
/// is gone with its last process; the record names the group, and the group names the container.
/// </summary>
static unsafe partial class KernelLog
{
    const int ReadAll = 3; // SYSLOG_ACTION_READ_ALL: the last bytes, taking nothing away
    const int Most = 256 << 10;
    const string Mark = "oom-kill:";
    const string Group = "task_memcg=";

    /// <returns>False also where the log is not ours to read, or of another machine.</returns>
    public static bool TellsOfOutOfMemory(string container)
    {
        if (!OperatingSystem.IsLinux()) return false;
        var text = new byte[Most];
        int length;
        fixed (byte* first = text) length = klogctl(ReadAll, first, text.Length);
        foreach (var line in Encoding.UTF8.GetString(text, 0, Math.Max(0, length)).Split('\n'))
            if (line.Contains(Mark, StringComparison.Ordinal) && line.IndexOf(Group, StringComparison.Ordinal) is >= 0 and var group
                && line.IndexOf(container, group, StringComparison.Ordinal) >= 0) return true;
        return false;
    }

    [LibraryImport("libc")]
    private static partial int klogctl(int type, byte* buffer, int length);
}
