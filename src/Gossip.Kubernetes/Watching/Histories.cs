using System.Collections.Frozen;
using Gossip.Kubernetes.Api;
using Gossip.Kubernetes.Kinds;

namespace Gossip.Kubernetes.Watching;

/// <summary>
/// The history of each kind, and what keeps those up to date that somebody watches: one task for all watchers. The node only hands out its
/// view; rendering and comparing are done here. Thread-safe.
/// </summary>
sealed class Histories(ClusterAccess node)
{
    /// <summary>At most a fifth of a core is spent on comparing: the pause grows with what a comparison takes.</summary>
    const int PauseShare = 4;

    static readonly TimeSpan AgainAfter = TimeSpan.FromSeconds(1);

    readonly FrozenDictionary<ServedKind, KindHistory> all =
        ServedKinds.All.ToFrozenDictionary(kind => kind, kind => new KindHistory(kind));

    readonly Lock gate = new();
    int watchers;
    bool isRunning;

    /// <summary>A client that has taken nothing for so long is gone, or never reads: it is cut off.</summary>
    public TimeSpan ReadWithin { get; set; } = TimeSpan.FromSeconds(30);

    public KindHistory Of(ServedKind kind) => all[kind];

    /// <summary>The history is kept up to date until <see cref="Leave"/>.</summary>
    public void Join(KindHistory history)
    {
        lock (gate)
        {
            history.Watchers++;
            watchers++;
            if (isRunning) return;
            isRunning = true;
            _ = Task.Run(FollowAsync);
        }
    }

    public void Leave(KindHistory history)
    {
        lock (gate)
        {
            history.Watchers--;
            watchers--;
        }
    }

    async Task FollowAsync()
    {
        var seen = 0UL;
        while (true)
        {
            lock (gate)
            {
                if (watchers == 0)
                {
                    isRunning = false;
                    return;
                }
            }
            try
            {
                var cluster = await node.ChangedAsync(seen);
                seen = cluster.View.Version;
                var began = node.Clock.GetTimestamp();
                foreach (var history in Watched()) history.Advance(cluster);
                await Task.Delay(node.Clock.GetElapsedTime(began) * PauseShare);
            }
            catch (Exception fault) when (fault is not OutOfMemoryException)
            {
                // The node starts or stops. Watchers learn it from their connections; until then there may be a node again.
                seen = 0;
                await Task.Delay(AgainAfter);
            }
        }
    }

    KindHistory[] Watched()
    {
        lock (gate) return [.. all.Values.Where(history => history.Watchers > 0)];
    }
}
