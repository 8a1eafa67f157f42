using System.Runtime.InteropServices;
using Gossip.Node.Store;

namespace Gossip.Node;

/// <summary>
/// A folder of one user in a place that all users share. Its name can be guessed, so another user may have made it first: then
/// nothing is written there, and nothing that is there is believed.
/// </summary>
static class UserFolder
{
    const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>The folder's name; it tells users of one machine apart.</summary>
    public static string Name => OperatingSystem.IsWindows() ? "gossip" : $"gossip-{GetUserId()}";

    /// <summary>Makes the folder, or sees to it that the one that is there is this user's alone.</summary>
    /// <exception cref="StoreFault">It is another user's, a link, or a file.</exception>
    public static void Create(string path)
    {
        OwnerOnly.CreateFolder(path);
        Close(path);
    }

    /// <summary>Sees to it that a folder that is there is this user's alone.</summary>
    /// <exception cref="StoreFault">It is another user's, a link, or a file.</exception>
    public static void Close(string path)
    {
        if (OperatingSystem.IsWindows()) return; // the system's temporary folder is each user's own there
        if (new DirectoryInfo(path) is not { Exists: true, LinkTarget: null } || !IsOurs(path)) throw NotOurs(path);
        try
        {
            if ((File.GetUnixFileMode(path) & Others) != 0)
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (UnauthorizedAccessException)
        {
            throw NotOurs(path);
        }
    }

    static StoreFault NotOurs(string path) =>
        new($"{path} is there and is not this user's own folder: remove it, set TMPDIR to another folder, or name a data folder");

    /// <summary>Asks the kernel, and follows no link. Where there is no statx, only the owner may set the mode, which comes next.</summary>
    static bool IsOurs(string path)
    {
        if (!OperatingSystem.IsLinux()) return true;
        var stat = new byte[256];
        return Statx(WorkingFolder, path, NoFollow, UserMask, stat) == 0
            && BitConverter.ToUInt32(stat, UserAt) == GetUserId();
    }

    // man 2 statx: AT_FDCWD, AT_SYMLINK_NOFOLLOW, STATX_UID, and where in its answer the field lies.
    const int WorkingFolder = -100, NoFollow = 0x100, UserMask = 0x8, UserAt = 20;

    [DllImport("libc", EntryPoint = "statx")]
    static extern int Statx(int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, int mask, [Out] byte[] stat);

    [DllImport("libc", EntryPoint = "geteuid")]
    static extern uint GetUserId();
}
