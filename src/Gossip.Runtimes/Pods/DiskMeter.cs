using System.Collections.Immutable;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;

namespace Gossip.Runtimes.Pods;

/// <summary>
/// How much of the disk a pod's folder takes: the lengths of its files, as far as they can be counted in one look. Links are not
/// followed, volumes in memory are not counted.
/// </summary>
static class DiskMeter
{
    /// <summary>A pod can make files faster than they can be counted: the look ends there.</summary>
    internal const int MostFiles = 200_000;

    static readonly EnumerationOptions Everywhere = new()
    {
        RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint,
    };

    /// <summary>The room of the disk on which a folder is.</summary>
    public static DiskRoom RoomOf(string folder)
    {
        var drive = new DriveInfo(folder);
        return new DiskRoom(new Bytes(drive.AvailableFreeSpace), new Bytes(drive.TotalSize));
    }

    /// <param name="beside">What the pod's containers use outside of its folder.</param>
    public static PodUse Measure(PodRun run, PodFolder folder, PodTemplate template, Bytes beside, int processes)
    {
        var volumes = ImmutableArray.CreateBuilder<VolumeUse>();
        var all = beside.Value + UsedBelow(folder.ContainersPath);
        foreach (var volume in template.Volumes)
        {
            if (volume is not EmptyDirVolume { InMemory: false }) continue;
            var used = UsedBelow(folder.VolumePath(volume.Name));
            volumes.Add(new VolumeUse(volume.Name, new Bytes(used)));
            all += used;
        }
        return new PodUse(run, new Bytes(all), volumes.DrainToImmutable(), processes);
    }

    internal static long UsedBelow(string folder)
    {
        long used = 0;
        try
        {
            foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", Everywhere).Take(MostFiles)) used += file.Length;
        }
        catch (Exception moving) when (moving is IOException or UnauthorizedAccessException)
        {
            // It changes while we walk; the next look will see the rest.
        }
        return used;
    }
}
