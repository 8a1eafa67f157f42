using System.Collections.Immutable;
using Gossip.Runtimes.Volumes;

namespace Gossip.Runtimes.Processes.Isolation;

/// <summary>
/// The files and folders of the machine that pods must not see, with every link in their paths followed. A file system may be
/// mounted at several places of the machine, in whole or in part: a hidden path is hidden at each of them.
/// </summary>
sealed class HiddenPaths
{
    readonly record struct Hidden(string Path, string Device, string Inside, bool IsFolder);

    readonly ImmutableArray<Hidden> all;

    /// <param name="paths">Absolute, or relative to the working folder of this process. What does not exist is left out.</param>
    /// <param name="mounts">All that is mounted on the machine.</param>
    public HiddenPaths(IEnumerable<string> paths, ImmutableArray<MountPoint> mounts)
    {
        var real = paths.Select(VolumeCalls.RealPath).Where(Path.Exists).Distinct(StringComparer.Ordinal).ToList();
        real.RemoveAll(path => real.Exists(other => other != path && Below(path, other) is not null));
        all = [.. real.Select(path => Of(path, MountOf(path, mounts)))];
    }

    /// <summary>The folders among them.</summary>
    public IEnumerable<string> Folders => all.Where(hidden => hidden.IsFolder).Select(hidden => hidden.Path);

    /// <summary>At or below a hidden path.</summary>
    public bool Cover(string path) => all.Any(hidden => Below(path, hidden.Path) is not null);

    /// <summary>Whether a mount shows nothing but what is hidden, or a part of it.</summary>
    public bool CoverAll(MountPoint mount) =>
        all.Any(hidden => hidden.Device == mount.Device && Below(mount.Root, hidden.Inside) is not null);

    /// <summary>Where the hidden paths are seen at a mount: at it, or below it.</summary>
    public IEnumerable<(string Path, bool IsFolder)> SeenAt(MountPoint mount) =>
        from hidden in all
        where hidden.Device == mount.Device
        let rest = Below(hidden.Inside, mount.Root)
        where rest is not null
        select (Join(mount.Path, rest), hidden.IsFolder);

    /// <summary>The mount that shows a path: the longest, and of several at one place the last.</summary>
    public static MountPoint MountOf(string path, ImmutableArray<MountPoint> mounts) =>
        mounts.Where(mount => Below(path, mount.Path) is not null).Aggregate(
            new MountPoint("", "/", "/", ""), (found, next) => next.Path.Length >= found.Path.Length ? next : found);

    /// <summary>A folder of the machine, as if it were mounted by itself.</summary>
    public static MountPoint AsMount(string folder, ImmutableArray<MountPoint> mounts)
    {
        var mount = MountOf(folder, mounts);
        return mount with { Root = Of(folder, mount).Inside, Path = folder };
    }

    /// <returns>What follows the folder in the path: empty for the folder itself, null for a path that is not below it.</returns>
    public static string? Below(string path, string folder)
    {
        if (folder == "/") return path == "/" ? "" : path;
        if (path == folder) return "";
        return path.StartsWith(folder, StringComparison.Ordinal) && path[folder.Length] == '/' ? path[folder.Length..] : null;
    }

    static Hidden Of(string path, MountPoint mount) =>
        new(path, mount.Device, Join(mount.Root, Below(path, mount.Path)!), Directory.Exists(path));

    static string Join(string folder, string rest) => folder == "/" && rest.Length > 0 ? rest : folder + rest;
}
