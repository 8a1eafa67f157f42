namespace Gossip.Node;

/// <summary>Where a node remembers: a folder it was given, or one of its own that goes with it.</summary>
sealed class DataFolder : IDisposable
{
    public DataFolder(string? given)
    {
        IsTemporary = given is null;
        Path = given is null ? Directory.CreateTempSubdirectory("gossip-").FullName : System.IO.Path.GetFullPath(given);
    }

    public string Path { get; }
    public bool IsTemporary { get; }

    public void Dispose()
    {
        if (!IsTemporary) return;
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (Exception held) when (held is IOException or UnauthorizedAccessException)
        {
            // Something of a pod still writes there; the machine's own cleaning of temporary files takes it.
        }
    }
}
