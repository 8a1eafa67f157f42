using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Gossip.Node;

/// <summary>
/// A lock on a folder itself, by flock(2), which goes with the process however that ends. Needs no file beside or in the folder, so nobody
/// can remove it from under its holder; and systemd-tmpfiles leaves a folder that is locked so, and all that is in it, alone.
/// </summary>
static class FolderHold
{
    const int CloseOnExec = 0x80000, CloseOnExecMac = 0x1000000; // O_CLOEXEC: what the node starts must not hold on after it
    const int Exclusive = 2, DoNotWait = 4; // LOCK_EX, LOCK_NB

    public static bool IsSupported => !OperatingSystem.IsWindows();

    /// <summary>Null when another one holds it, or there is no such folder.</summary>
    public static SafeFileHandle? TryTake(string path)
    {
        var handle = new SafeFileHandle(Open(path, OperatingSystem.IsMacOS() ? CloseOnExecMac : CloseOnExec), ownsHandle: true);
        if (!handle.IsInvalid && Flock(handle, Exclusive | DoNotWait) == 0) return handle;
        handle.Dispose();
        return null;
    }

    [DllImport("libc", EntryPoint = "open")]
    static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "flock")]
    static extern int Flock(SafeFileHandle handle, int operation);
}
