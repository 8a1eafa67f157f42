using Gossip.Core.Primitives;

namespace Gossip.Core.Replication;

/// <summary>
/// Hybrid logical time: follows the wall clock, but never goes back, and never behind a stamp it has seen. A remote
/// stamp too far ahead of our wall clock does not move it, else one broken clock would drag everybody's along.
/// </summary>
/// <remarks>Source: Kulkarni et al., "Logical Physical Clocks", 2014; the bound is CockroachDB's max-offset.</remarks>
sealed class HybridClock
{
    public static readonly TimeSpan Ahead = TimeSpan.FromMilliseconds(500);

    /// <summary>The latest stamp given out or followed.</summary>
    public Stamp Last { get; private set; }

    /// <summary>How many remote stamps were too far ahead to follow: a clock in the cluster is wrong, perhaps ours.</summary>
    public long FarAhead { get; private set; }

    /// <summary>A stamp later than every one before.</summary>
    public Stamp Tick(WallTime wall)
    {
        Last = new Stamp(Math.Max(Last.Value + 1, Stamp.At(wall).Value));
        return Last;
    }

    /// <summary>Follows a stamp of another node, within bounds.</summary>
    public void Observe(Stamp remote, WallTime wall)
    {
        if (remote.CompareTo(Last) <= 0) return;
        if (remote.UnixMilliseconds > wall.UnixMilliseconds + (long)Ahead.TotalMilliseconds) FarAhead++;
        else Last = remote;
    }

    /// <summary>Our own stamp from before a restart: followed wherever it is.</summary>
    public void Restore(Stamp own)
    {
        if (own.CompareTo(Last) > 0) Last = own;
    }
}
