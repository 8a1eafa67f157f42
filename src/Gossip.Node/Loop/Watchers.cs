using System.Threading.Channels;
using Gossip.Core;
using Gossip.Core.Primitives;
using Gossip.Core.View;

namespace Gossip.Node.Loop;

/// <summary>One who waits for a view later than the one known.</summary>
sealed class Watcher(ulong after, CancellationToken cancel)
{
    public ulong After => after;
    public bool GaveUp => cancel.IsCancellationRequested;
    public TaskCompletionSource<ClusterView> Seen { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>
/// Shows newer views to those who wait for them. A view costs as much as the cluster is large, so it is built only
/// while somebody waits, and then at most every <see cref="Pause"/>.
/// </summary>
sealed class Watchers
{
    /// <summary>Twenty pictures a second are enough for eyes and for controllers.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    readonly List<Watcher> waiting = [];
    Instant notBefore;
    bool isStale = true;

    /// <summary>When to look next, or null when nobody waits or nothing happened.</summary>
    public Instant? Due => waiting.Count > 0 && isStale ? notBefore : null;

    public void Add(Watcher watcher)
    {
        waiting.Add(watcher);
        isStale = true; // for the newcomer the last picture may be new
    }

    /// <summary>Something happened.</summary>
    public void Touch() => isStale = true;

    public void Show(NodeMachine machine, Now now)
    {
        if (Due is not { } due || now.Monotonic < due) return;
        isStale = false;
        notBefore = now.Monotonic + Pause;
        var view = machine.View(now);
        for (var i = waiting.Count - 1; i >= 0; i--)
            if (waiting[i].GaveUp || (view.Version > waiting[i].After && waiting[i].Seen.TrySetResult(view)))
                waiting.RemoveAt(i);
    }

    public void End()
    {
        foreach (var watcher in waiting) watcher.Seen.TrySetException(new ChannelClosedException());
        waiting.Clear();
    }

    public static Instant? Sooner(Instant? a, Instant? b) => a is { } first && b is { } second ? (first < second ? first : second) : a ?? b;
}
