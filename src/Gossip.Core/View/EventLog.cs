using System.Collections.Immutable;
using Gossip.Core.Primitives;

namespace Gossip.Core.View;

/// <summary>What happened lately, as this node saw it: the newest 4,096. What repeats is counted, not repeated.</summary>
sealed class EventLog
{
    public const int Kept = 4096;

    readonly record struct Key(ObjectName About, string AboutUid, string Reason, string Message);

    readonly LinkedList<EventView> events = []; // oldest first
    readonly Dictionary<Key, LinkedListNode<EventView>> known = [];
    ulong numbers;

    public void Note(ObjectName about, string uid, bool warning, string reason, string message, WallTime at, int times = 1)
    {
        var key = new Key(about, uid, reason, message);
        var noted = new EventView(++numbers, about, uid, warning, reason, message, at, at, times);
        if (known.TryGetValue(key, out var before))
        {
            noted = before.Value with { Number = numbers, Last = at, Count = before.Value.Count + times };
            events.Remove(before);
        }
        known[key] = events.AddLast(noted);
        if (events.Count <= Kept) return;
        var oldest = events.First!.Value;
        known.Remove(new Key(oldest.About, oldest.AboutUid, oldest.Reason, oldest.Message));
        events.RemoveFirst();
    }

    public ImmutableArray<EventView> ToArray() => [.. events];
}
