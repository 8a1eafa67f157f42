using System.Collections.Immutable;
using Gossip.Core.Ports;
using Gossip.Core.Templates;
using Gossip.Runtimes.Pods;

namespace Gossip.Runtimes.Volumes;

/// <summary>A volume that cannot be had. Never leaves a runtime but as a report; the message names the volume.</summary>
sealed class VolumeError(string message) : Exception(message);

/// <summary>
/// A pod's volumes on this machine: folders below the pod's own, or the host's paths. They live as long as the pod's
/// folder; <see cref="PodFolder.Delete"/> ends them.
/// </summary>
sealed class PodVolumes(PodFolder folder, PodTemplate template)
{
    internal const int ReadableFolder = 0b111_101_101; // 755
    const int OpenFolder = 0b111_111_111; // 777: whoever a container runs as, the volume is its own
    const int ReadableFile = 0b110_100_100; // 644
    const int KeepsGroup = 0b010_000_000_000; // setgid: what is made in it belongs to its group too

    /// <exception cref="VolumeError">One cannot be had on this node.</exception>
    public void Create(ImmutableArray<VolumeFiles> files)
    {
        foreach (var volume in template.Volumes) Guard(volume, () => Create(volume));
        Update(files);
    }

    /// <summary>Has these files in the volumes, for whoever looks from now on. Other volumes stay as they are.</summary>
    /// <exception cref="VolumeError">They cannot be written; what was there before is still there.</exception>
    public void Update(ImmutableArray<VolumeFiles> files)
    {
        foreach (var content in files)
            if (Find(content.Volume) is FilesVolume volume)
                Guard(volume, () => FileTree.Write(folder.VolumePath(volume.Name), content.Files, template.FsGroup));
    }

    /// <summary>Where a mount's part of a volume is on this machine.</summary>
    /// <remarks>
    /// Every link is followed here and the result must lie in the volume, since a container could plant a link to the host's files.
    /// </remarks>
    /// <exception cref="VolumeError">There is no such volume, or no such part of it.</exception>
    public string Source(VolumeMount mount)
    {
        var volume = Find(mount.Volume) ?? throw new VolumeError($"the pod has no volume '{mount.Volume}'");
        var whole = volume is HostPathVolume host ? host.Path : folder.VolumePath(volume.Name);
        if (mount.SubPath.Length == 0) return whole;
        var part = Path.Combine(whole, mount.SubPath);
        if (VolumeCalls.Resolve(part) is null && volume is not FilesVolume) Guard(volume, () => CreatePart(whole, mount.SubPath));
        var (root, found) = (VolumeCalls.Resolve(whole), VolumeCalls.Resolve(part));
        if (found is null) throw new VolumeError($"volume '{volume.Name}' has no '{mount.SubPath}'");
        return found == root || found.StartsWith(root + "/", StringComparison.Ordinal)
            ? found
            : throw new VolumeError($"'{mount.SubPath}' leads out of volume '{volume.Name}'");
    }

    /// <summary>Files are the cluster's to change, not the containers'.</summary>
    public bool IsReadOnly(VolumeMount mount) => mount.ReadOnly || Find(mount.Volume) is FilesVolume;

    void Create(Volume volume)
    {
        if (volume is HostPathVolume host)
        {
            CheckHostPath(host);
            return;
        }
        if (!PodFolder.IsName(volume.Name)) throw new VolumeError($"'{volume.Name}' cannot be the name of a volume");
        var path = folder.VolumePath(volume.Name);
        OwnerOnly.CreateFolder(path);
        var mode = volume is FilesVolume ? ReadableFolder : OpenFolder;
        if (volume is EmptyDirVolume { InMemory: true } memory) MemoryMounts.Mount(path, mode, memory.SizeLimit?.Value);
        if (volume is FilesVolume { InMemory: true }) MemoryMounts.Mount(path, mode, size: null);
        if (template.FsGroup is { } group)
        {
            VolumeCalls.ChangeGroup(path, group);
            mode |= KeepsGroup;
        }
        VolumeCalls.Chmod(path, mode);
    }

    static void CheckHostPath(HostPathVolume volume)
    {
        var path = volume.Path;
        switch (volume.Type)
        {
            case "DirectoryOrCreate" when !Directory.Exists(path):
                Directory.CreateDirectory(path);
                VolumeCalls.Chmod(path, ReadableFolder);
                return;
            case "FileOrCreate" when !File.Exists(path):
                File.WriteAllBytes(path, []);
                VolumeCalls.Chmod(path, ReadableFile);
                return;
            case "Directory" or "DirectoryOrCreate" when !Directory.Exists(path):
                throw new VolumeError($"hostPath type check failed: {path} is not a directory");
            case "File" or "FileOrCreate" or "Socket" or "CharDevice" or "BlockDevice" when !File.Exists(path):
                throw new VolumeError($"hostPath type check failed: {path} is not a file");
        }
    }

    /// <summary>Step by step, each inside the volume: a link on the way must not lead the creation out of it.</summary>
    static void CreatePart(string whole, string part)
    {
        var root = VolumeCalls.Resolve(whole) ?? throw new VolumeError($"{whole} does not exist");
        var path = root;
        foreach (var name in part.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            path = Path.Combine(path, name);
            if (VolumeCalls.Resolve(path) is null)
            {
                Directory.CreateDirectory(path);
                VolumeCalls.Chmod(path, ReadableFolder);
            }
            path = VolumeCalls.Resolve(path)!;
            if (path != root && !path.StartsWith(root + "/", StringComparison.Ordinal)) return; // refused by the one who asked
        }
    }

    Volume? Find(string name) => template.Volumes.FirstOrDefault(volume => string.Equals(volume.Name, name, StringComparison.Ordinal));

    static void Guard(Volume volume, Action action)
    {
        try
        {
            action();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new VolumeError($"volume '{volume.Name}': {fault.Message}");
        }
    }
}
