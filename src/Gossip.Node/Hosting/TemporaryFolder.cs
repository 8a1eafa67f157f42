using System.Security.Cryptography;
using Gossip.Node.Store;
using Microsoft.Win32.SafeHandles;

namespace Gossip.Node;

/// <summary>
/// A data folder that goes with its node. All of a user's are below one folder, so that what a killed node left is found, and each is
/// locked (<see cref="FolderHold"/>) as long as its node's process lives: one whose lock is free has no node any more.
/// </summary>
/// <remarks>On Windows, where no process pods run either, what a killed node left stays.</remarks>
sealed class TemporaryFolder : IDisposable
{
    const int Attempts = 16; // each is lost only to a cleaner that found the folder before it was locked

    readonly SafeFileHandle? held;

    TemporaryFolder(string path, SafeFileHandle? held)
    {
        Path = path;
        this.held = held;
    }

    public string Path { get; }

    /// <summary>The name of the node that made it; empty when it died before it had written that.</summary>
    public string Node => ReadNode(Path);

    /// <summary>The folder below which this user's temporary folders are: in the system's own, which <c>TMPDIR</c> names on Unix.</summary>
    public static string DefaultParent => System.IO.Path.Combine(System.IO.Path.GetTempPath(), UserFolder.Name);

    /// <exception cref="StoreFault">It cannot be made, or the parent is another user's.</exception>
    public static TemporaryFolder Create(string parent, string node)
    {
        try
        {
            UserFolder.Create(parent);
            for (var attempt = 0; attempt < Attempts; attempt++)
                if (TryCreate(System.IO.Path.Combine(parent, RandomNumberGenerator.GetHexString(16, lowercase: true)), node) is { } folder)
                    return folder;
            throw new StoreFault($"no folder in {parent} can be locked: has its file system no locks? Set TMPDIR, or name a data folder");
        }
        catch (Exception fault) when (fault is IOException and not StoreFault or UnauthorizedAccessException)
        {
            throw StoreFault.Writing(parent, fault);
        }
    }

    /// <summary>
    /// The folders whose nodes are gone, each now locked by this process, so that nobody else takes it. A folder whose lock is held is
    /// left alone.
    /// </summary>
    /// <exception cref="StoreFault">The parent is another user's: what is in it may be anybody's.</exception>
    public static IReadOnlyList<TemporaryFolder> TakeAbandoned(string parent)
    {
        if (!FolderHold.IsSupported || !System.IO.Path.Exists(parent)) return [];
        UserFolder.Close(parent);
        var taken = new List<TemporaryFolder>();
        foreach (var path in Directory.GetDirectories(parent).Order(StringComparer.Ordinal))
            if (TryHold(path) is { } held) taken.Add(new TemporaryFolder(path, held));
        return taken;
    }

    /// <summary>Removes the folder and gives up the lock. What cannot be removed now, the next start finds.</summary>
    /// <returns>False when something of it is left.</returns>
    public bool Remove()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
            return true;
        }
        catch (Exception stays) when (stays is IOException or UnauthorizedAccessException)
        {
            return false;
        }
        finally
        {
            held?.Dispose();
        }
    }

    /// <summary>Gives up the lock and leaves the folder for a later start.</summary>
    public void Dispose() => held?.Dispose();

    /// <returns>Null when a cleaner found it before it was locked, and took it for a dead node's.</returns>
    static TemporaryFolder? TryCreate(string path, string node)
    {
        SafeFileHandle? held = null;
        try
        {
            OwnerOnly.CreateFolder(path);
            if (FolderHold.IsSupported && (held = TryHold(path)) is null) return null;
            var folder = new TemporaryFolder(path, held);
            new FolderCard(node, HasLog: false, []).Write(path);
            return folder;
        }
        catch (Exception gone) when (held is null && gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch
        {
            held?.Dispose();
            throw;
        }
    }

    /// <summary>The lock of a folder that is still there: whoever held it before may have removed it.</summary>
    static SafeFileHandle? TryHold(string path)
    {
        var held = FolderHold.TryTake(path);
        if (held is null || Directory.Exists(path)) return held;
        held.Dispose();
        return null;
    }

    static string ReadNode(string folder)
    {
        try
        {
            return FolderCard.Read(folder)?.Node ?? "";
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
