using System.Runtime.InteropServices;
using Gossip.Runtimes.Pods;
using Gossip.Runtimes.Volumes;

namespace Gossip.Runtimes.Processes.Isolation;

/// <summary>
/// An isolated pod's own piece of memory, as a file system: its <c>/dev/shm</c>, and for each container what it writes beside its
/// volumes. Who writes there pays for it from the memory it may have. It goes with the pod's folder.
/// </summary>
sealed partial class PodMemory(PodFolder folder)
{
    const int Readable = 0b111_101_101; // 755
    const uint DeviceMode = 0x2000 | 0b110_110_110; // a character device for everybody

    static readonly (string Name, uint Major, uint Minor)[] Devices =
        [("null", 1, 3), ("zero", 1, 5), ("full", 1, 7), ("random", 1, 8), ("urandom", 1, 9), ("tty", 5, 0)];

    static readonly (string Name, string Target)[] Links =
        [("ptmx", "pts/ptmx"), ("fd", "/proc/self/fd"), ("stdin", "/proc/self/fd/0"), ("stdout", "/proc/self/fd/1"), ("stderr", "/proc/self/fd/2")];

    string Path => System.IO.Path.Combine(folder.Path, "memory");
    public string Shared => Path + "/shm";

    public void Mount()
    {
        OwnerOnly.CreateFolder(Path);
        MemoryMounts.Mount(Path, 0b111_000_000, size: null);
        VolumeCalls.MakeFolder(Shared, 0b1_111_111_111); // 1777
    }

    /// <summary>An empty layer for a container, with the devices that everybody may have; of the attempt before nothing stays.</summary>
    /// <returns>The layer's folder, the one that the overlay works in, and one that stays empty.</returns>
    public (string Upper, string Work, string Empty) NewLayer(string container)
    {
        var layer = $"{Path}/layers/{container}";
        if (Directory.Exists(layer)) Directory.Delete(layer, recursive: true);
        foreach (var own in (ReadOnlySpan<string>)["/work", "/empty"]) OwnerOnly.CreateFolder(layer + own);
        var devices = layer + "/upper/dev";
        // The container's /, /etc and /dev.
        foreach (var seen in (ReadOnlySpan<string>)[layer + "/upper", layer + "/upper/etc", devices]) VolumeCalls.MakeFolder(seen, Readable);
        foreach (var (name, major, minor) in Devices)
        {
            if (mknod($"{devices}/{name}", DeviceMode, (major << 8) | minor) != 0) throw new IOException($"cannot make the device {name}: {Marshal.GetLastPInvokeErrorMessage()}");
            VolumeCalls.Chmod($"{devices}/{name}", 0b110_110_110);
        }
        foreach (var (name, target) in Links) File.CreateSymbolicLink($"{devices}/{name}", target);
        return (layer + "/upper", layer + "/work", layer + "/empty");
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mknod(string path, uint mode, ulong device);
}
