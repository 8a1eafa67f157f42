namespace Gossip.Simulation.Time;

/// <summary>
/// Virtual time: a binary heap of moments, ties broken by the order of scheduling, so that equal seeds run equally.
/// The heap moves 16-byte keys; the events themselves stay where they are in a pool.
/// </summary>
internal sealed class EventQueue
{
    readonly record struct Key(long At, uint Sequence, int Place)
    {
        public bool Before(in Key other) => At != other.At ? At < other.At : (int)(Sequence - other.Sequence) < 0;
    }

    Key[] heap = new Key[1024];
    SimEvent[] pool = new SimEvent[1024];
    readonly Stack<int> free = new();
    int count, used;
    uint sequence;

    /// <summary>Virtual ticks of 100 ns since the simulation began.</summary>
    public long Now { get; private set; }

    public int Count => count;

    /// <summary>When the next event is due, or <see cref="long.MaxValue"/>.</summary>
    public long NextAt => count == 0 ? long.MaxValue : heap[0].At;

    public void Add(long at, in SimEvent what)
    {
        var place = free.Count > 0 ? free.Pop() : used++;
        if (place == pool.Length) Array.Resize(ref pool, pool.Length * 2);
        pool[place] = what;
        if (count == heap.Length) Array.Resize(ref heap, heap.Length * 2);
        var key = new Key(Math.Max(at, Now), sequence++, place);
        var hole = count++;
        while (hole > 0)
        {
            var parent = (hole - 1) >> 1;
            if (!key.Before(heap[parent])) break;
            heap[hole] = heap[parent];
            hole = parent;
        }
        heap[hole] = key;
    }

    /// <summary>Takes the earliest event and moves time to it.</summary>
    public SimEvent Take()
    {
        var first = heap[0];
        var last = heap[--count];
        var hole = 0;
        while (true)
        {
            var child = 2 * hole + 1;
            if (child >= count) break;
            if (child + 1 < count && heap[child + 1].Before(heap[child])) child++;
            if (!heap[child].Before(last)) break;
            heap[hole] = heap[child];
            hole = child;
        }
        heap[hole] = last;
        Now = first.At;
        var what = pool[first.Place];
        pool[first.Place] = default;
        free.Push(first.Place);
        return what;
    }

    /// <summary>Lets time pass to a moment before which nothing is due.</summary>
    public void SkipTo(long at) => Now = Math.Max(Now, at);
}
