using System.Text.RegularExpressions;

namespace Gossip.Runtimes.Volumes;

/// <summary>
/// Volumes that live in memory. Mounting a tmpfs needs root; without it such a volume is an ordinary folder, which
/// keeps what a pod needs and loses only that its content never reaches a disk.
/// </summary>
static partial class MemoryMounts
{
    const string Table = "/proc/self/mountinfo";

    public static bool Possible { get; } = OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess;

    /// <param name="size">Bytes; null for the kernel's own bound, half of the machine's memory.</param>
    public static void Mount(string folder, int mode, long? size)
    {
        if (Possible) VolumeCalls.MountMemory(folder, FormattableString.Invariant($"mode={Convert.ToString(mode, 8)}") + (size is { } most ? FormattableString.Invariant($",size={most}") : ""));
    }

    /// <summary>Takes away every mount below a folder, so that the folder can be removed.</summary>
    public static void UnmountBelow(string folder)
    {
        if (!Possible) return;
        var below = folder + "/";
        // Later mounts may be inside earlier ones.
        foreach (var line in File.ReadAllLines(Table).Reverse())
            if (line.Split(' ') is [_, _, _, _, var point, ..] && Unescape(point) is var path && path.StartsWith(below, StringComparison.Ordinal))
                VolumeCalls.Unmount(path);
    }

    /// <summary>Blanks and the like are written as three octal digits.</summary>
    static string Unescape(string text) => Octal().Replace(text, match => ((char)Convert.ToInt32(match.Groups[1].Value, 8)).ToString());

    [GeneratedRegex(@"\\([0-7]{3})")]
    private static partial Regex Octal();
}
