using Gossip.Core.Ports;
using Gossip.Core.Requests;
using Gossip.Core.View;
using Gossip.Kubernetes.Kinds.Showing;
using Gossip.Kubernetes.Watching;
using Gossip.Node;

namespace Gossip.Kubernetes.Api;

/// <summary>The node behind the API, for everything that answers a request. Thread-safe.</summary>
sealed class ClusterAccess
{
    /// <summary>As often as a node makes views for those who wait for them.</summary>
    static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(50);

    readonly Func<Request, CancellationToken, Task<Reply>> ask;
    readonly Func<PodAccess?>? pods;
    readonly Func<ulong, CancellationToken, Task<ClusterView>>? changes;
    ClusterIndex? latest;

    /// <param name="ask">Puts a question to the node.</param>
    /// <param name="pods">The node's way into pods; null, or null for now: there is none.</param>
    /// <param name="changes">Waits for a view later than a version; null: the node is asked again and again.</param>
    public ClusterAccess(
        Func<Request, CancellationToken, Task<Reply>> ask, TimeProvider clock, Func<PodAccess?>? pods,
        Func<ulong, CancellationToken, Task<ClusterView>>? changes)
    {
        (this.ask, Clock, this.pods, this.changes) = (ask, clock, pods, changes);
        Histories = new Histories(this);
    }

    public TimeProvider Clock { get; }

    /// <summary>What is shown of each kind, and how it came to be.</summary>
    public Histories Histories { get; }

    /// <exception cref="NodeAway">The node lets nobody look.</exception>
    public PodAccess Pods => pods?.Invoke() ?? throw new NodeAway("this node does not let anybody look into its pods, or is starting");

    public Task<Reply> AskAsync(Request request, CancellationToken ct) => ask(request, ct);

    /// <summary>Everything that the node knows now.</summary>
    /// <exception cref="NodeAway">The node does not answer.</exception>
    public async Task<ClusterIndex> LookAsync(CancellationToken ct)
    {
        var reply = await ask(Look.Around, ct);
        if (reply is not Seen seen) throw new NodeAway(reply is Refused refused ? refused.Message : "the node does not answer");
        return IndexOf(seen.View);
    }

    /// <summary>The next view whose version is greater, or one that may be.</summary>
    public async Task<ClusterIndex> ChangedAsync(ulong version)
    {
        if (changes is not null) return IndexOf(await changes(version, CancellationToken.None));
        await Task.Delay(LookAgain);
        return await LookAsync(CancellationToken.None);
    }

    /// <summary>The same view comes again while nothing changed, and its look-ups with it.</summary>
    ClusterIndex IndexOf(ClusterView view)
    {
        var known = latest;
        return known is not null && ReferenceEquals(known.View, view) ? known : latest = new ClusterIndex(view);
    }

    /// <summary>The objects of a view, as they are shown now.</summary>
    public Reader Read(ClusterIndex cluster) => new(Histories, cluster, Clock.GetUtcNow());

    public async Task<Reader> ReadAsync(CancellationToken ct) => Read(await LookAsync(ct));
}

/// <summary>The node cannot answer now: 503.</summary>
sealed class NodeAway(string message) : Exception(message);
