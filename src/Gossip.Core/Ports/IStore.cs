using Gossip.Core.Primitives;

namespace Gossip.Core.Ports;

/// <summary>
/// A write-ahead log and a snapshot. Every implementation passes <c>StoreContract</c>; the simulator has one that
/// tears writes and loses what was not synced. Used by the one owner of a node, never from two threads at once.
/// </summary>
public interface IStore : IDisposable
{
    /// <summary>Reads everything back. Called once, first. A torn or damaged tail is cut off and reported as not clean.</summary>
    StoreContents Open();

    /// <summary>Appends one record (buffered: it may be lost until <see cref="Sync"/> returns).</summary>
    void Append(ReadOnlySpan<byte> record);

    /// <summary>Returns when everything appended survives a power cut.</summary>
    void Sync();

    /// <summary>Atomically replaces all records so far with a snapshot; durable when it returns.</summary>
    void Compact(ReadOnlySpan<byte> snapshot);

    /// <summary>Bytes of records since the last snapshot: when to compact.</summary>
    long LogBytes { get; }

    /// <summary>Marks a clean end. Without it the next <see cref="Open"/> is not clean.</summary>
    void CloseCleanly();
}

/// <param name="Snapshot">Null when there is none.</param>
/// <param name="Records">In order of appending, after the snapshot.</param>
/// <param name="IsClean">The last owner closed cleanly and nothing was damaged: its writer id may go on.</param>
public sealed record StoreContents(ReadOnlyMemory<byte>? Snapshot, IReadOnlyList<ReadOnlyMemory<byte>> Records, bool IsClean);
