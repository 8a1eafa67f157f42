using System.Collections.Immutable;
using Gossip.Core.Primitives;

namespace Gossip.Core.Ports;

/// <summary>What one runtime's pods use of the machine, and what the machine has left. Told every few seconds.</summary>
/// <param name="Runtime">The runtime's first class.</param>
public sealed record MachineUsed(string Runtime, RuntimeUse Use, ProcessRoom Processes) : PodReport;

/// <summary>What a runtime's pods use, and the room of the disk that they use it of.</summary>
public sealed record RuntimeUse(DiskRoom Disk, ImmutableArray<PodUse> Pods);

/// <summary>What one pod uses.</summary>
/// <param name="Disk">Its volumes that are no memory, its logs, and what its containers wrote beside their images.</param>
/// <param name="Volumes">The part of each such volume.</param>
public sealed record PodUse(PodRun Pod, Bytes Disk, ImmutableArray<VolumeUse> Volumes, int Processes);

/// <summary>What is in one volume of a pod.</summary>
public readonly record struct VolumeUse(string Volume, Bytes Used);

/// <summary>The room on a disk that pods write to.</summary>
/// <param name="Free">What is left for whoever is no superuser.</param>
/// <param name="Size">Of the file system.</param>
public readonly record struct DiskRoom(Bytes Free, Bytes Size)
{
    const long MostLeast = 1L << 30;

    /// <summary>With less left the disk is low: a tenth of it, and no more than a gibibyte.</summary>
    public Bytes Least => new(Math.Min(Size.Value / 10, MostLeast));

    /// <summary>Pods that use more than they asked for have to go.</summary>
    public bool IsLow => Free.Value < Least.Value;

    /// <summary>Half as much again as the least, so that pressure does not come and go.</summary>
    public bool IsAmple => Free.Value >= Least.Value + Least.Value / 2;
}

/// <summary>The processes and threads that the machine can still start.</summary>
/// <param name="Most">What the kernel allows in all.</param>
public readonly record struct ProcessRoom(long Free, long Most)
{
    const long MostLeast = 1_000;

    /// <summary>With fewer left they are low: a tenth, and no more than a thousand.</summary>
    public long Least => Math.Min(Most / 10, MostLeast);

    /// <summary>The pod that has most of them has to go.</summary>
    public bool IsLow => Free < Least;

    /// <summary>Half as many again as the least.</summary>
    public bool IsAmple => Free >= Least + Least / 2;
}

/// <summary>What a machine is short of. A node under pressure bids for nothing.</summary>
[Flags]
public enum Pressures : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Room on the disk that its pods write to.</summary>
    Disk = 1,

    /// <summary>Processes and threads.</summary>
    Processes = 2,
}
