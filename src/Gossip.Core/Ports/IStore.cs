namespace Gossip.Core.Ports;

/// <summary>
/// A write-ahead log and a snapshot. Every implementation passes <c>StoreContract</c>; the simulator has one that
/// tears writes and loses what was not synced. Used by the one owner of a node, never from two threads at once.
/// </summary>
interface IStore : IDisposable
{
    /// <summary>
    /// Reads everything back. Called once, first. What a crash left unfinished at the end is cut off; all other damage is told in
    /// <see cref="StoreContents.Damage"/>, at each start again until <see cref="ForgetDamage"/>.
    /// </summary>
    StoreContents Open();

    /// <summary>Appends one record (buffered: it may be lost until <see cref="Sync"/> returns).</summary>
    void Append(ReadOnlySpan<byte> record);

    /// <summary>Returns when everything appended survives a power cut.</summary>
    /// <exception cref="DiskFull">There is no room; nothing is lost, and it may be called again.</exception>
    void Sync();

    /// <summary>Atomically replaces all records so far with a snapshot; durable when it returns.</summary>
    /// <exception cref="DiskFull">There is no room; everything is as it was before.</exception>
    void Compact(ReadOnlySpan<byte> snapshot);

    /// <summary>
    /// Room is set aside for what a node has to write down though its disk is full. False: it was used up, or never was there;
    /// <see cref="TryReserve"/> tells when there is some again.
    /// </summary>
    bool HasReserve { get; }

    /// <summary>Sets room aside again; false while the disk has none.</summary>
    bool TryReserve();

    /// <summary>
    /// Bytes of records since the last snapshot: when to compact. After damage <see cref="long.MaxValue"/>, until a snapshot of what was
    /// read has taken the place of the damaged files.
    /// </summary>
    long LogBytes { get; }

    /// <summary>
    /// What was damaged has come back from peers, or is given up: the next <see cref="Open"/> tells of it no more. Everything appended so
    /// far is durable first.
    /// </summary>
    void ForgetDamage();

    /// <summary>Marks a clean end. Without it the next <see cref="Open"/> is not clean.</summary>
    void CloseCleanly();
}

/// <summary>The disk has no room. Unlike other failures of a disk it leaves what was written as it was.</summary>
public sealed class DiskFull(string message, Exception? cause = null) : IOException(message, cause);

/// <param name="Snapshot">Null when there is none.</param>
/// <param name="Records">In order of appending, after the snapshot.</param>
/// <param name="IsClean">The last owner closed cleanly and nothing was damaged: its writer id may go on.</param>
sealed record StoreContents(ReadOnlyMemory<byte>? Snapshot, IReadOnlyList<ReadOnlyMemory<byte>> Records, bool IsClean)
{
    /// <summary>
    /// What is damaged or missing, one sentence each, in the words of an operator; empty when everything is there that was synced. What
    /// could be read is in the contents all the same.
    /// </summary>
    public IReadOnlyList<string> Damage { get; init; } = [];
}
