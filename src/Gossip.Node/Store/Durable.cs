namespace Gossip.Node.Store;

/// <summary>Files that are wholly there or not at all, also after a power cut: write aside, fsync, rename, fsync the folder.</summary>
static class Durable
{
    public static void Replace(string path, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        var aside = path + ".new";
        using (var file = OwnerOnly.Open(aside, FileMode.Create, FileAccess.Write, FileShare.Read))
        {
            file.Write(head);
            file.Write(body);
            Posix.Sync(file.SafeFileHandle);
        }
        Move(aside, path);
    }

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
