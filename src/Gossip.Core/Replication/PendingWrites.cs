using System.Diagnostics.CodeAnalysis;
using Gossip.Core.Primitives;
using Gossip.Core.Turns;

namespace Gossip.Core.Replication;

/// <summary>A local write on its way to the log.</summary>
/// <param name="Delta">The cells written, with the birth; null for a removal.</param>
/// <param name="Record">As it was handed to the log, for a snapshot that replaces the log meanwhile.</param>
readonly record struct PendingWrite(LogPosition At, Uid Uid, Row? Delta, byte[] Record, WriteDone? Then);

/// <summary>
/// Local writes between minting and the log's confirmation. Nobody but the next local write sees them: it builds
/// upon what is on its way.
/// </summary>
sealed class PendingWrites
{
    readonly record struct Latest(Row Row, int Writes);

    readonly Queue<PendingWrite> queue = [];
    readonly Dictionary<Uid, Latest> rows = [];

    /// <summary>The row as it will be, if writes to it are on their way.</summary>
    public Row? Find(Uid uid) => rows.TryGetValue(uid, out var latest) ? latest.Row : null;

    /// <param name="after">The row with the write in it; null for a removal.</param>
    public void Add(in PendingWrite write, Row? after)
    {
        queue.Enqueue(write);
        if (after is null) return;
        rows[write.Uid] = new Latest(after, rows.TryGetValue(write.Uid, out var before) ? before.Writes + 1 : 1);
    }

    /// <summary>Takes the oldest write that the log has confirmed.</summary>
    public bool TryTake(LogPosition confirmed, [MaybeNullWhen(false)] out PendingWrite write)
    {
        if (!queue.TryPeek(out write) || write.At.Value > confirmed.Value) return false;
        queue.Dequeue();
        if (write.Delta is null) return true;
        var latest = rows[write.Uid];
        if (latest.Writes == 1) rows.Remove(write.Uid);
        else rows[write.Uid] = latest with { Writes = latest.Writes - 1 };
        return true;
    }

    public int Count => queue.Count;
    public IEnumerable<PendingWrite> InOrder => queue;
}
