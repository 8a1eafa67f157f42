using Gossip.Core.Wire;

namespace Gossip.Kubernetes.Manifests;

/// <summary>What a manifest may be at most, with the arithmetic it comes from.</summary>
static class ManifestLimits
{
    /// <summary>All files of one <c>apply</c> together: 32 objects of the greatest size, or some 30,000 usual ones.</summary>
    public const int InputBytes = 32 * Limits.ObjectBytes;

    /// <summary>JsonDocument reads 64 levels by default; a list puts 2 around an object, a cell takes none away.</summary>
    public const int Depth = 60;

    /// <summary>Nodes of one document after its aliases are spelled out: 1 MiB of JSON at its shortest, "0,".</summary>
    public const int Nodes = Limits.ObjectBytes / 2;

    public const int Documents = 10_000;

    public const int Replicas = Gossip.Core.Kinds.WorkloadSpec.ReplicasMax;

    /// <summary>The greatest machines have about 2,000 cores; a pod that asks for 32 times that is a slip of the pen.</summary>
    public const long Cpu = 65_536;

    /// <summary>1 PiB of memory or disk, 16 times the greatest machine.</summary>
    public const long Bytes = 1L << 50;

    public const long Extended = int.MaxValue;

    /// <summary>1P bits a second, as Kubernetes has it.</summary>
    public const long Bandwidth = 1_000_000_000_000_000;

    /// <summary>What the core takes: a pod's status has to name each.</summary>
    public const int Containers = 64;
}
