using System.Formats.Tar;

namespace Gossip.Cli.Client;

/// <summary>Unpacks an archive that somebody else made: only files and folders, and only below the folder that was named.</summary>
static class Unpacking
{
    /// <param name="tell">Takes what was left out, and why.</param>
    /// <returns>How many files there were.</returns>
    public static async Task<int> UnpackAsync(Stream tar, string folder, Action<string> tell, CancellationToken cancel)
    {
        var root = Path.GetFullPath(folder);
        var copied = 0;
        try
        {
            await using var reader = new TarReader(tar);
            Directory.CreateDirectory(root);
            while (await reader.GetNextEntryAsync(cancellationToken: cancel) is { } entry)
            {
                if (entry.EntryType is not (TarEntryType.Directory or TarEntryType.RegularFile or TarEntryType.V7RegularFile))
                    tell($"{entry.Name} is a {entry.EntryType}: left out");
                else if (PathIn(root, entry.Name) is not { } path) tell($"{entry.Name} leads out of {folder}: left out");
                else if (LinkOn(root, path) is { } link) tell($"{entry.Name} leads through the link {link}: left out");
                else if (entry.EntryType == TarEntryType.Directory) Directory.CreateDirectory(path);
                else
                {
                    Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                    await entry.ExtractToFileAsync(path, overwrite: true, cancel); // a link of this name is replaced, not followed
                    copied++;
                }
            }
            return copied;
        }
        catch (Exception failed)
            when (failed is IOException or InvalidDataException or HttpRequestException or UnauthorizedAccessException or FormatException)
        {
            throw new CliFailure($"the copy is not whole, {copied} files came: {failed.Message}");
        }
    }

    /// <summary>The full path of an entry, or null when it is not below the folder.</summary>
    static string? PathIn(string root, string name)
    {
        if (name.Contains('\0', StringComparison.Ordinal)) return null;
        var path = Path.GetFullPath(Path.Combine(root, name.TrimStart('/')));
        return path == root || path.StartsWith(root.TrimEnd('/') + '/', StringComparison.Ordinal) ? path : null;
    }

    /// <summary>The first folder on the way from the root to a path that is a link, or null. Archives make none here; others may.</summary>
    static string? LinkOn(string root, string path)
    {
        string? link = null;
        for (var above = Path.GetDirectoryName(path)!; above.Length > root.Length; above = Path.GetDirectoryName(above)!)
            if (new DirectoryInfo(above).LinkTarget is not null) link = above;
        return link;
    }
}
