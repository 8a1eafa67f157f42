using System.Globalization;

namespace Gossip.Node.Store;

/// <summary>One node on a data folder. The lock goes with the process, however it ends.</summary>
sealed class FolderLock : IDisposable
{
    const int TakenOnLinux = 11, TakenOnMac = 35, TakenOnWindows = unchecked((int)0x80070020); // EWOULDBLOCK, ERROR_SHARING_VIOLATION

    const string OwnerSuffix = ".pid"; // beside it: a locked file cannot be read by others

    readonly FileStream held;

    FolderLock(FileStream held) => this.held = held;

    /// <exception cref="StoreFault">Another node has the folder, or it cannot be written.</exception>
    public static FolderLock Take(string folder)
    {
        var path = Path.Combine(folder, "lock");
        FileStream? file = null;
        try
        {
            OwnerOnly.CreateFolder(folder);
            file = OwnerOnly.Open(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            OwnerOnly.Write(path + OwnerSuffix, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            return new FolderLock(file);
        }
        catch (IOException fault) when (file is null && fault.HResult is TakenOnLinux or TakenOnMac or TakenOnWindows)
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
            var text = File.ReadAllText(path + OwnerSuffix);
            return text.Length is > 0 and <= 20 ? text : "unknown";
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return "unknown";
        }
    }
}
