using System.Runtime.InteropServices;

namespace Gossip.Runtimes.Volumes;

/// <summary>The calls of the system that volumes need and .NET has not.</summary>
static partial class VolumeCalls
{
    const string Library = "libc";
    const int Detach = 2; // MNT_DETACH: gone for everybody new, whoever has it open keeps it
    const nuint NoSetUidNoDevices = 2 | 4; // MS_NOSUID | MS_NODEV
    const uint Unchanged = uint.MaxValue;

    public static void Chmod(string path, int mode) => Throw(ChangeMode(path, (uint)mode), path, "chmod");

    public static void ChangeOwner(string path, long user, long group) =>
        Throw(ChangeOwner(path, (uint)user, (uint)group), path, "chown");

    public static void ChangeGroup(string path, long group) => Throw(ChangeOwner(path, Unchanged, (uint)group), path, "chgrp");

    /// <summary>As rename(2): what is at <paramref name="to"/>, also a link to a folder, is replaced in one step.</summary>
    public static void Replace(string from, string to) => Throw(Rename(from, to), to, "rename");

    public static void MountMemory(string path, string options) => Throw(Mount("gossip", path, "tmpfs", NoSetUidNoDevices, options), path, "mount tmpfs");

    /// <summary>Quietly nothing where nothing is mounted.</summary>
    public static void Unmount(string path) => _ = Umount(path, Detach);

    /// <summary>The path with every link followed; null when there is no such file.</summary>
    public static string? Resolve(string path) => ResolveLinks(path, 0);

    /// <summary>The absolute path with every link followed, as far as it exists; what does not exist stays as it is written.</summary>
    public static string RealPath(string path)
    {
        path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (!OperatingSystem.IsLinux() || path == "/") return path;
        return Resolve(path) ?? Path.Combine(RealPath(Path.GetDirectoryName(path)!), Path.GetFileName(path));
    }

    /// <summary>Creates a folder of exactly this mode, whatever the umask; one that is there gets it.</summary>
    public static void MakeFolder(string path, int mode)
    {
        Directory.CreateDirectory(path);
        Chmod(path, mode);
    }

    static void Throw(int result, string path, string what)
    {
        if (result != 0) throw new IOException($"{what} {path}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [LibraryImport(Library, EntryPoint = "chmod", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeMode(string path, uint mode);

    [LibraryImport(Library, EntryPoint = "lchown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, uint user, uint group);

    [LibraryImport(Library, EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Rename(string from, string to);

    [LibraryImport(Library, EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Mount(string source, string target, string type, nuint flags, string options);

    [LibraryImport(Library, EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Umount(string target, int flags);

    [LibraryImport(Library, EntryPoint = "realpath", StringMarshalling = StringMarshalling.Utf8)]
    private static partial string? ResolveLinks(string path, nint buffer);
}
