using System.Runtime.InteropServices;
using Gossip.Core.Primitives;

namespace Gossip.Node.Store;

/// <summary>Files that are wholly there or not at all, also after a power cut: write aside, fsync, rename, fsync the folder.</summary>
static class Durable
{
    public static void Replace(string path, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        var aside = path + ".new";
        using (var stream = OwnerOnly.Open(aside, FileMode.Create, FileAccess.Write, FileShare.Read))
        {
            var file = stream.SafeFileHandle;
            RandomAccess.Write(file, head, 0);
            RandomAccess.Write(file, body, head.Length);
            RandomAccess.FlushToDisk(file);
        }
        File.Move(aside, path, overwrite: true);
        SyncFolder(Path.GetDirectoryName(path)!);
    }

    public static void Remove(string path)
    {
        if (!File.Exists(path)) return;
        File.Delete(path);
        SyncFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>
    /// A number that this very file keeps when it is renamed, and that no copy of it has, not even one with all times
    /// preserved: its inode and the time of its birth.
    /// </summary>
    public static ulong Identity(string path)
    {
        var stat = new byte[256];
        if (OperatingSystem.IsLinux() && Statx(WorkingFolder, path, 0, StatInode | StatBirth, stat) == 0)
            return StableHash.Of(stat.AsSpan(InodeAt, 8)) ^ StableHash.Of(stat.AsSpan(BirthAt, 12));
        return (ulong)File.GetCreationTimeUtc(path).Ticks;
    }

    /// <summary>A rename or a removal is durable only when its folder is; .NET opens no folders, so libc does.</summary>
    static void SyncFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) return; // NTFS journals its folders
        var handle = Open(folder, 0);
        if (handle < 0) throw new IOException($"cannot open the folder {folder}", Marshal.GetLastPInvokeError());
        try
        {
            if (Fsync(handle) != 0) throw new IOException($"cannot sync the folder {folder}", Marshal.GetLastPInvokeError());
        }
        finally
        {
            _ = Close(handle);
        }
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    // man 2 statx: AT_FDCWD, the bits of its mask, and where in its answer the two fields lie.
    const int WorkingFolder = -100, StatInode = 0x100, StatBirth = 0x800, InodeAt = 32, BirthAt = 80;

    [DllImport("libc", EntryPoint = "statx")]
    static extern int Statx(int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, int mask, [Out] byte[] stat);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    static extern int Fsync(int handle);

    [DllImport("libc", EntryPoint = "close")]
    static extern int Close(int handle);
}
