namespace Gossip.Core.Ports;

/// <summary>How the disk does that a node writes to.</summary>
public enum DiskState : byte
{
    /// <summary>Writes are durable within a moment.</summary>
    Healthy,

    /// <summary>Writes take longer than a second, or one hangs.</summary>
    Slow,

    /// <summary>It takes no more; what is left is what the store had set aside, for withdrawals and removals.</summary>
    Full,

    /// <summary>A write or an fsync failed: what is on the disk is unknown, and this life of the node writes nothing more.</summary>
    Failing,
}

/// <summary>What a store's driver tells of its disk. That it is slow a node sees by itself.</summary>
/// <param name="State">Healthy: there is room again.</param>
/// <param name="Why">In the words of the system; empty for a healthy one.</param>
public sealed record DiskReport(DiskState State, string Why);
