namespace Gossip.Node.Store;

/// <summary>Files that are wholly there or not at all, also after a power cut: write aside, fsync, rename, fsync the folder.</summary>
static class Durable
{
    const string Suffix = ".new";

    public static void Replace(string path, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        WriteAside(path, head, body);
        TakePlace(path);
    }

    /// <summary>Writes what is to take the place of a file; <see cref="TakePlace"/> has it do so.</summary>
    public static void WriteAside(string path, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        using var file = OwnerOnly.Open(path + Suffix, FileMode.Create, FileAccess.Write, FileShare.Read);
        file.Write(head);
        file.Write(body);
        Posix.Sync(file.SafeFileHandle);
    }

    public static void TakePlace(string path) => Move(path + Suffix, path);

    /// <summary>What was written aside is of no use.</summary>
    public static void Forget(string path) => File.Delete(path + Suffix);

    public static void Move(string from, string to)
    {
        File.Move(from, to, overwrite: true);
        Posix.SyncFolder(Path.GetDirectoryName(to)!);
    }

    public static void Remove(string path)
    {
        if (!File.Exists(path)) return;
        File.Delete(path);
        Posix.SyncFolder(Path.GetDirectoryName(path)!);
    }
}
