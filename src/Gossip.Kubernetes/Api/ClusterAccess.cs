using Gossip.Core.Ports;
using Gossip.Core.Requests;
using Gossip.Core.Turns;
using Gossip.Kubernetes.Kinds.Showing;
using Gossip.Node;

namespace Gossip.Kubernetes.Api;

/// <summary>The node behind the API, for everything that answers a request. Thread-safe.</summary>
/// <param name="ask">Puts a question to the node.</param>
/// <param name="pods">The node's way into pods; null, or null for now: there is none.</param>
sealed class ClusterAccess(Func<Request, CancellationToken, Task<Reply>> ask, TimeProvider clock, Func<PodAccess?>? pods)
{
    ClusterIndex? latest;

    public TimeProvider Clock => clock;

    /// <exception cref="NodeAway">The node lets nobody look.</exception>
    public PodAccess Pods => pods?.Invoke() ?? throw new NodeAway("this node does not let anybody look into its pods, or is starting");

    public Task<Reply> AskAsync(Request request, CancellationToken ct) => ask(request, ct);

    /// <summary>Everything that the node knows now.</summary>
    /// <exception cref="NodeAway">The node does not answer.</exception>
    public async Task<ClusterIndex> LookAsync(CancellationToken ct)
    {
        var reply = await ask(Look.Around, ct);
        if (reply is not Seen seen) throw new NodeAway(reply is Refused refused ? refused.Message : "the node does not answer");
        // The same view comes again while nothing changed, and its look-ups with it.
        var known = latest;
        return known is not null && ReferenceEquals(known.View, seen.View) ? known : latest = new ClusterIndex(seen.View);
    }

    /// <summary>The objects of a view, as they are shown now.</summary>
    public Reader Read(ClusterIndex cluster) => new(cluster, clock.GetUtcNow());

    public async Task<Reader> ReadAsync(CancellationToken ct) => Read(await LookAsync(ct));
}

/// <summary>The node cannot answer now: 503.</summary>
sealed class NodeAway(string message) : Exception(message);
