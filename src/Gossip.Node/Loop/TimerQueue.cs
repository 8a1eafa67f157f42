using Gossip.Core.Primitives;
using Gossip.Core.Turns;

namespace Gossip.Node.Loop;

/// <summary>Every timer of a node by when it is due; those due at once come in the order in which they were set.</summary>
sealed class TimerQueue
{
    readonly PriorityQueue<NodeTimer, (long Due, long Number)> queue = new();
    long number;

    public void Add(NodeTimer timer, Instant due) => queue.Enqueue(timer, (due.Ticks, number++));

    /// <summary>When the first is due, or null when none is set.</summary>
    public Instant? Next => queue.TryPeek(out _, out var first) ? new Instant(first.Due) : null;

    public bool TryTakeDue(Instant now, out NodeTimer timer)
    {
        if (!queue.TryPeek(out timer, out var first) || first.Due > now.Ticks) return false;
        queue.Dequeue();
        return true;
    }
}
