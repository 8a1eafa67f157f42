using Gossip.Core.Primitives;
using Gossip.Kubernetes.Kinds;
using Gossip.Kubernetes.Kinds.Showing;

namespace Gossip.Kubernetes.Watching;

/// <summary>
/// What is shown of one kind, and the latest changes that led there. Everybody who reads the kind brings it up to date with the view that
/// they have: only what may have changed is rendered, and only what a reader would see is a change. Watchers read the changes by their
/// numbers and have no queues of their own; who is too slow finds its place gone. Thread-safe.
/// </summary>
sealed class KindHistory(ServedKind kind)
{
    /// <summary>What a client that lost its connection can catch up with: 2,048 changes, of 16 MiB of JSON at most.</summary>
    internal const int ChangesMax = 2048, BytesMax = 16 << 20;

    /// <summary>Lists of which somebody has read the first part, and may ask for the rest.</summary>
    const int KeptMax = 8;

    readonly Lock gate = new();
    readonly Change?[] ring = new Change?[ChangesMax];
    readonly Queue<KindSnapshot> kept = new();
    KindSnapshot? now;
    TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    ulong first = 2, number = 1;
    long bytes;

    public KindLife Life { get; } = new();

    public int Watchers;

    /// <summary>Done at the next change. Take it before you look, and you miss none.</summary>
    public Task NextChange
    {
        get
        {
            lock (gate) return changed.Task;
        }
    }

    /// <summary>The kind as a view has it, or as a later one has that somebody else brought.</summary>
    public KindSnapshot Advance(ClusterIndex cluster)
    {
        lock (gate)
        {
            var view = cluster.View;
            if (now is { } known && (ReferenceEquals(known.View, view) || view.Version < known.View.Version)) return known;
            var before = number;
            now = Compare(cluster, now);
            if (number == before) return now;
            changed.SetResult();
            changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return now;
        }
    }

    /// <summary>A list's own state, for its next part; null when it is too long ago.</summary>
    public KindSnapshot? At(ulong asked)
    {
        lock (gate) return now?.Number == asked ? now : kept.FirstOrDefault(one => one.Number == asked);
    }

    /// <summary>Somebody has read a part of it.</summary>
    public void Keep(KindSnapshot snapshot)
    {
        lock (gate)
        {
            if (kept.Any(one => one.Number == snapshot.Number)) return;
            kept.Enqueue(snapshot);
            if (kept.Count > KeptMax) kept.Dequeue();
        }
    }

    /// <summary>The changes after one, oldest first; null when some of them are gone, or it has not been.</summary>
    public Change[]? Since(ulong last)
    {
        lock (gate)
        {
            if (last + 1 < first || last > number) return null;
            var found = new Change[number - last];
            for (var i = 0; i < found.Length; i++) found[i] = ring[(last + 1 + (ulong)i) % ChangesMax]!;
            return found;
        }
    }

    KindSnapshot Compare(ClusterIndex cluster, KindSnapshot? before)
    {
        var items = new List<Shown>(before?.Items.Count ?? 0);
        var byName = new Dictionary<ObjectName, Shown>(items.Capacity);
        var isSame = before is not null;
        foreach (var entry in kind.List(cluster))
        {
            if (byName.ContainsKey(entry.Name)) continue; // what a name stands for is one object
            var was = before?.ByName.GetValueOrDefault(entry.Name);
            // The first state is one: its objects came at the same moment, and nobody has watched.
            var shown = Shown.Of(kind, entry, was, Life.Text(before is null ? number : number + 1));
            isSame &= ReferenceEquals(shown, was);
            if (before is not null && !ReferenceEquals(shown.Json, was?.Json)) shown = Note(was, shown);
            items.Add(shown);
            byName[entry.Name] = shown;
        }
        if (isSame && items.Count == before!.Items.Count) return before with { View = cluster.View };
        foreach (var gone in before?.Items ?? [])
            if (!byName.ContainsKey(gone.Name)) End(gone);
        return new KindSnapshot(number, Life.Text(number), cluster.View, items, byName);
    }

    Shown Note(Shown? was, Shown shown)
    {
        if (was is not null && was.Uid != shown.Uid)
        {
            // Another object took the name: the first one's end is a change of its own.
            End(was);
            (was, shown) = (null, shown.At(kind, Life.Text(number + 1)));
        }
        Add(new Change(was, shown, IsEnd: false));
        return shown;
    }

    void End(Shown gone) => Add(new Change(gone, gone.At(kind, Life.Text(number + 1)), IsEnd: true));

    void Add(Change change)
    {
        number++;
        if (number - first >= ChangesMax) Forget();
        ring[number % ChangesMax] = change;
        bytes += change.After.Json.Length;
        while (bytes > BytesMax && first < number) Forget();
    }

    void Forget()
    {
        ref var oldest = ref ring[first++ % ChangesMax];
        bytes -= oldest!.After.Json.Length;
        oldest = null;
    }
}
