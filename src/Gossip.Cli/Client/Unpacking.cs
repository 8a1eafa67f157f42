using System.Formats.Tar;
using Gossip.Core.Turns;

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
                var path = Path.GetFullPath(Path.Combine(root, entry.Name.TrimStart('/')));
                if (path != root && !path.StartsWith(root.TrimEnd('/') + '/', StringComparison.Ordinal)) tell($"{entry.Name} leads out of {folder}: left out");
                else if (entry.EntryType == TarEntryType.Directory) Directory.CreateDirectory(path);
                else if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile)
                {
                    Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                    await entry.ExtractToFileAsync(path, overwrite: true, cancel);
                    copied++;
                }
                else tell($"{entry.Name} is a {entry.EntryType}: left out");
            }
            return copied;
        }
        catch (Exception failed) when (failed is IOException or InvalidDataException or HttpRequestException or UnauthorizedAccessException)
        {
            throw new CliFailure($"the copy is not whole, {copied} files came: {failed.Message}");
        }
    }
}
