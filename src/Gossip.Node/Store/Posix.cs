using System.Runtime.InteropServices;
using Gossip.Core.Primitives;
using Microsoft.Win32.SafeHandles;

namespace Gossip.Node.Store;

/// <summary>Calls of the system that .NET does not make, or whose errors it does not tell.</summary>
static partial class Posix
{
    const int Interrupted = 4; // EINTR
    const int CloseOnExec = 0x80000; // O_CLOEXEC of Linux

    // man 2 statx: AT_FDCWD, the bits of its mask, and where in its answer the two fields lie.
    const int WorkingFolder = -100, StatInode = 0x100, StatBirth = 0x800, InodeAt = 32, BirthAt = 80;

    /// <summary>Returns when everything written to the file survives a power cut.</summary>
    /// <remarks>.NET's own flushes swallow the errors of fsync.</remarks>
    /// <exception cref="IOException">It may not; its HResult is the system's error number.</exception>
    public static void Sync(SafeFileHandle file)
    {
        if (!OperatingSystem.IsLinux()) RandomAccess.FlushToDisk(file); // macOS: empties the drive's cache as well; Windows: throws
        if (OperatingSystem.IsWindows()) return;
        while (fsync(file) != 0)
            if (Marshal.GetLastPInvokeError() is var error and not Interrupted)
                throw new IOException($"fsync: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    /// <summary>A rename or a removal is durable only when its folder is; .NET opens no folders.</summary>
    /// <exception cref="IOException">As <see cref="Sync"/>.</exception>
    public static void SyncFolder(string path)
    {
        if (OperatingSystem.IsWindows()) return; // NTFS journals its folders
        using var folder = open(path, OperatingSystem.IsLinux() ? CloseOnExec : 0);
        if (folder.IsInvalid) throw new IOException($"cannot open the folder {path}", Marshal.GetLastPInvokeError());
        Sync(folder);
    }

    /// <summary>
    /// A number that this very file keeps when it is renamed, and that no copy of it has, not even one with all times
    /// preserved: its inode and the time of its birth.
    /// </summary>
    public static ulong Identity(string path)
    {
        Span<byte> stat = stackalloc byte[256];
        if (OperatingSystem.IsLinux() && statx(WorkingFolder, path, 0, StatInode | StatBirth, ref stat[0]) == 0)
            return StableHash.Of(stat.Slice(InodeAt, 8)) ^ StableHash.Of(stat.Slice(BirthAt, 12));
        return (ulong)File.GetCreationTimeUtc(path).Ticks;
    }

    [LibraryImport("libc", SetLastError = true)] private static partial int fsync(SafeFileHandle file);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle open(string path, int flags);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int folder, string path, int flags, int mask, ref byte stat);
}
