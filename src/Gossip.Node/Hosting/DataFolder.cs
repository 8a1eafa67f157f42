namespace Gossip.Node;

/// <summary>Where a node remembers: a folder that it was given, or one of its own that goes with it.</summary>
sealed class DataFolder : IDisposable
{
    readonly TemporaryFolder? temporary;

    /// <param name="node">The node's name, for who finds its folder without it.</param>
    /// <exception cref="Store.StoreFault">A temporary folder cannot be made.</exception>
    public DataFolder(string? given, string node)
    {
        if (given is null) temporary = TemporaryFolder.Create(TemporaryFolder.DefaultParent, node);
        Path = temporary?.Path ?? System.IO.Path.GetFullPath(given!);
    }

    public string Path { get; }
    public bool IsTemporary => temporary is not null;

    /// <summary>Removes a temporary folder. What of a pod still writes there is ended by the next node that starts.</summary>
    public void Dispose() => temporary?.Remove();
}
