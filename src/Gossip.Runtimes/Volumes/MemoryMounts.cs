namespace Gossip.Runtimes.Volumes;

/// <summary>
/// Volumes that live in memory. Mounting a tmpfs needs root; without it such a volume is an ordinary folder, which
/// keeps what a pod needs and loses only that its content never reaches a disk.
/// </summary>
static class MemoryMounts
{
    public static bool Possible { get; } = OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess;

    /// <param name="size">Bytes; null for the kernel's own bound, half of the machine's memory.</param>
    public static void Mount(string folder, int mode, long? size)
    {
        if (!Possible) return;
        var bound = size is { } most ? FormattableString.Invariant($",size={most}") : "";
        VolumeCalls.MountMemory(folder, $"mode={Convert.ToString(mode, 8)}{bound}");
    }

    /// <summary>Takes away every mount below a folder, so that the folder can be removed.</summary>
    public static void UnmountBelow(string folder)
    {
        if (!Possible) return;
        var below = VolumeCalls.RealPath(folder) + "/";
        // Later mounts may be inside earlier ones.
        foreach (var mount in MountTable.Read().Reverse())
            if (mount.Path.StartsWith(below, StringComparison.Ordinal)) VolumeCalls.Unmount(mount.Path);
    }
}
