using System.Runtime.InteropServices;
using Gossip.Core.Primitives;
using Microsoft.Win32.SafeHandles;

namespace Gossip.Node.Store;

/// <summary>Calls of the system that .NET does not make, or whose errors it does not tell.</summary>
static partial class Posix
{
    const int Interrupted = 4; // EINTR
    const int CloseOnExec = 0x80000; // O_CLOEXEC of Linux

    // man 2 statx: AT_FDCWD, the bits of its mask, and where in its answer the fields lie.
    const int WorkingFolder = -100, StatInode = 0x100, StatChange = 0x80, StatBirth = 0x800, InodeAt = 32, BirthAt = 80, ChangeAt = 96;

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
    /// Two numbers that no copy of this very file has, not even one with all times preserved. The first it keeps when it is renamed or
    /// written to: its inode and the time of its birth. The second it keeps while nobody touches it: the time of its last change, which
    /// nobody can set.
    /// </summary>
    public static (ulong Identity, ulong Change) IdentityOf(string path)
    {
        Span<byte> stat = stackalloc byte[256];
        if (OperatingSystem.IsLinux() && statx(WorkingFolder, path, 0, StatInode | StatBirth | StatChange, ref stat[0]) == 0)
            return (
                StableHash.Of(stat.Slice(InodeAt, 8)) ^ StableHash.Of(stat.Slice(BirthAt, 12)), StableHash.Of(stat.Slice(ChangeAt, 12)));
        return ((ulong)File.GetCreationTimeUtc(path).Ticks, (ulong)File.GetLastWriteTimeUtc(path).Ticks);
    }

    [LibraryImport("libc", SetLastError = true)] private static partial int fsync(SafeFileHandle file);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle open(string path, int flags);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int folder, string path, int flags, int mask, ref byte stat);
}
