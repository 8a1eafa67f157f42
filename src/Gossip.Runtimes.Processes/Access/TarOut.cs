using System.Formats.Tar;
using Gossip.Core.Ports;

namespace Gossip.Runtimes.Processes.Access;

/// <summary>Writes a file or a folder with all below it as a tar archive. Links are kept as links; sockets and devices stay behind.</summary>
static class TarOut
{
    /// <exception cref="PodAccessException">There is no such file, or it cannot be read.</exception>
    public static async Task WriteAsync(string path, Stream output, CancellationToken cancel)
    {
        path = Path.TrimEndingDirectorySeparator(path);
        var name = Path.GetFileName(path) is { Length: > 0 } last ? last : ".";
        try
        {
            await using var tar = new TarWriter(output, TarEntryFormat.Pax, leaveOpen: true);
            if (Directory.Exists(path) && new FileInfo(path).LinkTarget is null) await WriteFolderAsync(tar, path, name, cancel).ConfigureAwait(false);
            else if (new FileInfo(path) is { LinkTarget: not null } or { Exists: true }) await tar.WriteEntryAsync(path, name, cancel).ConfigureAwait(false);
            else throw new PodAccessException($"'{path}' does not exist");
        }
        catch (Exception fault) when (fault is UnauthorizedAccessException or FileNotFoundException or DirectoryNotFoundException)
        {
            throw new PodAccessException($"cannot read '{path}': {fault.Message}");
        }
    }

    static async Task WriteFolderAsync(TarWriter tar, string folder, string name, CancellationToken cancel)
    {
        await tar.WriteEntryAsync(folder, name, cancel).ConfigureAwait(false);
        foreach (var path in Directory.EnumerateFileSystemEntries(folder).Order(StringComparer.Ordinal))
        {
            var below = $"{name}/{Path.GetFileName(path)}";
            var attributes = File.GetAttributes(path);
            if (attributes.HasFlag(FileAttributes.Directory) && !attributes.HasFlag(FileAttributes.ReparsePoint)) await WriteFolderAsync(tar, path, below, cancel).ConfigureAwait(false);
            else if ((attributes & ~(FileAttributes.Normal | FileAttributes.ReparsePoint | FileAttributes.ReadOnly | FileAttributes.Hidden | FileAttributes.Archive)) == 0)
                await tar.WriteEntryAsync(path, below, cancel).ConfigureAwait(false);
        }
    }
}
