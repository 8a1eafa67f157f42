using System.Text;

namespace Gossip;

/// <summary>
/// Files (0600) and folders (0700) that only the user who runs the node can open, whatever the umask of the process is. On
/// Windows they get the access rights of the folder above.
/// </summary>
/// <remarks>Compiled into each project that writes files: Core, which all of them share, does no IO.</remarks>
static class OwnerOnly
{
    const UnixFileMode FileMode600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    const UnixFileMode FolderMode700 = FileMode600 | UnixFileMode.UserExecute;

    /// <summary>Creates the folder and those above it that are missing. A folder that is there keeps its mode.</summary>
    public static void CreateFolder(string path)
    {
        if (Directory.Exists(path)) return;
        if (Path.GetDirectoryName(path) is { Length: > 0 } above) CreateFolder(above);
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }
        Directory.CreateDirectory(path, FolderMode700);
        File.SetUnixFileMode(path, FolderMode700); // the umask can only have taken rights away
    }

    /// <summary>Closes a file to others that an earlier build left open to them. Nothing when there is no such file.</summary>
    public static void Restrict(string path)
    {
        if (OperatingSystem.IsWindows() || !File.Exists(path)) return;
        if (File.GetUnixFileMode(path) != FileMode600) File.SetUnixFileMode(path, FileMode600); // else its time of change would move
    }

    /// <summary>
    /// Opens a file without a buffer. One that an earlier build left open to others is closed to them, but not through a link: that
    /// may lead anywhere.
    /// </summary>
    public static FileStream Open(string path, FileMode mode, FileAccess access, FileShare share) =>
        Open(path, new FileStreamOptions { Mode = mode, Access = access, Share = share, BufferSize = 0 });

    /// <summary>Creates a file that has so many bytes of the disk, though nothing is in it.</summary>
    /// <exception cref="IOException">The disk has not so many.</exception>
    public static FileStream OpenAllocated(string path, long bytes) => Open(path, new FileStreamOptions
    {
        Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0, PreallocationSize = bytes,
    });

    static FileStream Open(string path, FileStreamOptions options)
    {
        if (!OperatingSystem.IsWindows() && options.Mode != FileMode.Open) options.UnixCreateMode = FileMode600;
        var file = new FileStream(path, options);
        if (OperatingSystem.IsWindows()) return file;
        if (File.GetUnixFileMode(file.SafeFileHandle) != FileMode600 && new FileInfo(path).LinkTarget is null)
            File.SetUnixFileMode(file.SafeFileHandle, FileMode600);
        return file;
    }

    /// <summary>Writes a whole file in place of the one that may be there.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        using var file = Open(path, FileMode.Create, FileAccess.Write, FileShare.Read);
        file.Write(content);
    }

    /// <summary>Writes a whole file of UTF-8 text in place of the one that may be there.</summary>
    public static void Write(string path, string text) => Write(path, Encoding.UTF8.GetBytes(text));
}
