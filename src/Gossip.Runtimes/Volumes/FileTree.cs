using System.Collections.Immutable;
using System.Globalization;
using Gossip.Core.Ports;

namespace Gossip.Runtimes.Volumes;

/// <summary>
/// Puts a volume's files in place all at once, as Kubernetes does: they are written into a folder of their own, and
/// <c>..data</c>, a link to the current folder, is turned to it in one step. What a container sees under the plain names are
/// links through <c>..data</c>, so that it never finds half of an update, and sees it without a restart.
/// </summary>
static class FileTree
{
    const string Current = "..data";
    const string Next = "..data_next";

    /// <param name="group">Who may read them as well; null for nobody but their owner and whom the mode lets.</param>
    public static void Write(string volume, ImmutableArray<VolumeFile> files, long? group)
    {
        var current = Path.Combine(volume, Current);
        var old = new FileInfo(current).LinkTarget;
        var version = FormattableString.Invariant($"..{(old is { Length: > 2 } && long.TryParse(old.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out var last) ? last + 1 : 1)}");
        var folder = Path.Combine(volume, version);
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true); // from a write that was cut short
        NewFolder(folder, group);
        foreach (var file in files) WriteFile(folder, file, group);

        var next = Path.Combine(volume, Next);
        File.Delete(next);
        File.CreateSymbolicLink(next, version);
        VolumeCalls.Replace(next, current);

        LinkNames(volume, files.Select(file => file.Path.Split('/')[0]).ToHashSet(StringComparer.Ordinal));
        if (old is not null) Directory.Delete(Path.Combine(volume, old), recursive: true);
    }

    static void WriteFile(string folder, VolumeFile file, long? group)
    {
        var parts = file.Path.Split('/');
        if (file.Path.Contains('\0') || parts.Any(part => part is "" or "." or "..")) throw new VolumeError($"'{file.Path}' is not a path below the volume");
        foreach (var part in parts[..^1])
        {
            folder = Path.Combine(folder, part);
            if (!Directory.Exists(folder)) NewFolder(folder, group);
        }
        var path = Path.Combine(folder, parts[^1]);
        File.WriteAllBytes(path, file.Content.Span);
        if (group is { } reader) VolumeCalls.ChangeGroup(path, reader);
        VolumeCalls.Chmod(path, group is null ? file.Mode : file.Mode | 0b100_000); // g+r
    }

    static void NewFolder(string folder, long? group)
    {
        Directory.CreateDirectory(folder);
        if (group is { } reader) VolumeCalls.ChangeGroup(folder, reader);
        VolumeCalls.Chmod(folder, PodVolumes.ReadableFolder);
    }

    static void LinkNames(string volume, HashSet<string> names)
    {
        foreach (var name in names)
        {
            var link = Path.Combine(volume, name);
            if (new FileInfo(link).LinkTarget is null) File.CreateSymbolicLink(link, $"{Current}/{name}");
        }
        foreach (var link in Directory.EnumerateFileSystemEntries(volume))
            if (Path.GetFileName(link) is var name && !name.StartsWith("..", StringComparison.Ordinal) && !names.Contains(name)) File.Delete(link);
    }
}
