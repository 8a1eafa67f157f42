using System.Globalization;

namespace Gossip.Node.Store;

/// <summary>One node on a data folder. The lock goes with the process, however it ends.</summary>
sealed class FolderLock : IDisposable
{
    readonly FileStream held;

    FolderLock(FileStream held) => this.held = held;

    /// <exception cref="StoreFault">Another node has the folder, or it cannot be written.</exception>
    public static FolderLock Take(string folder)
    {
        var path = Path.Combine(folder, "lock");
        FileStream? file = null;
        try
        {
            Directory.CreateDirectory(folder);
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            file.SetLength(0);
            file.Write(System.Text.Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
            return new FolderLock(file);
        }
        catch (IOException fault) when (file is null && File.Exists(path) && !StoreFault.IsFull(fault))
        {
            throw new StoreFault($"another node runs on the data folder {folder} (pid {OwnerOf(path)}); stop it, or choose another folder", fault);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            throw StoreFault.Writing(folder, fault);
        }
    }

    public void Dispose() => held.Dispose();

    static string OwnerOf(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            Span<byte> digits = stackalloc byte[16];
            var length = file.Read(digits);
            return length > 0 ? System.Text.Encoding.ASCII.GetString(digits[..length]) : "unknown";
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return "unknown";
        }
    }
}
