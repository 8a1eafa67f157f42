using System.Runtime.InteropServices;

namespace Gossip.Node.Store;

/// <summary>Files that are wholly there or not at all, also after a power cut: write aside, fsync, rename, fsync the folder.</summary>
static class Durable
{
    public static void Replace(string path, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        var aside = path + ".new";
        using (var file = File.OpenHandle(aside, FileMode.Create, FileAccess.Write))
        {
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

    [DllImport("libc", EntryPoint = "open", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    static extern int Fsync(int handle);

    [DllImport("libc", EntryPoint = "close")]
    static extern int Close(int handle);
}
