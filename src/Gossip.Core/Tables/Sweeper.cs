using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Turns;

namespace Gossip.Core.Tables;

/// <summary>
/// Removes the rows that nobody needs. Removing is idempotent, so any node may; the ring's successor of the row does,
/// so that a cluster does not log each removal once for every node.
/// </summary>
sealed class Sweeper(SlotTable slots, IMemberList members, IRowWriter writer) : INodePart
{
    /// <summary>Often enough for a person who waits for a deletion; a burst of removals is looked at a few times, not each time.</summary>
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    readonly HashSet<Uid> asked = []; // on their way to the log; never enumerated
    readonly List<Uid> found = [];
    Instant next;

    public void OnSettled(Turn turn)
    {
        if (turn.Monotonic < next) return;
        next = turn.Monotonic + Pause;
        found.Clear();
        foreach (var row in slots.Removable(turn.Monotonic))
            if (IsOurs(row) && asked.Add(row)) found.Add(row);
        foreach (var row in found) writer.Remove(row, turn, (removed, _) => asked.Remove(removed));
    }

    bool IsOurs(Uid row)
    {
        var live = members.Live;
        return live.Length == 0 || live[members.Successor(StableHash.Mix(row.Birth.Writer.Value, row.Birth.Seq))].Id == members.Self;
    }
}
