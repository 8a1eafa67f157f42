using Gossip.Core.Ports;
using Gossip.Core.View;
using Gossip.Kubernetes.Api.Http;
using Gossip.Kubernetes.Api.Pods;
using Gossip.Kubernetes.Watching;
using Gossip.Node;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebSockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Gossip.Kubernetes.Api;

/// <summary>
/// The HTTP API that kubectl talks to, on any node: reads come from that node's view, writes go through it.
/// Thread-safe. <see cref="HandleAsync"/> is a request delegate: <see cref="ApiServer"/> serves it.
/// </summary>
sealed class KubernetesApi
{
    readonly RequestGuard guard;
    readonly Router router;
    readonly WebSocketMiddleware routes;

    /// <summary>An API over a node.</summary>
    /// <param name="ask">Puts a question to the node.</param>
    /// <param name="clock">For ages and waits; null for the system's.</param>
    /// <param name="pods">The node's way into pods; null, or null for now: there is none.</param>
    /// <param name="hosts">
    /// As <c>name:port</c>, or <c>name</c> for the port of its scheme: what clients call the server by, besides localhost and the
    /// address and port that they are connected to. A request whose Host is neither is refused with 403.
    /// </param>
    /// <param name="changes">Waits for a view later than a version; null: the node is asked again and again while somebody watches.</param>
    public KubernetesApi(
        Func<Request, CancellationToken, Task<Reply>> ask, TimeProvider? clock = null, Func<PodAccess?>? pods = null,
        IEnumerable<string>? hosts = null, Func<ulong, CancellationToken, Task<ClusterView>>? changes = null)
    {
        guard = new RequestGuard([.. (hosts ?? []).Select(host => new HostString(host))]);
        var cluster = new ClusterAccess(ask, clock ?? TimeProvider.System, pods, changes);
        Histories = cluster.Histories;
        router = new Router(cluster);
        routes = new WebSocketMiddleware(RouteAsync, Options.Create(ConsoleSocket.Options), NullLoggerFactory.Instance);
    }

    internal Histories Histories { get; }

    /// <summary>Answers one request; never throws for what a client can send.</summary>
    public Task HandleAsync(HttpContext context) =>
        guard.Refuse(context) is { } refused ? AnswerWriter.WriteAsync(context, refused) : routes.Invoke(context);

    async Task RouteAsync(HttpContext context)
    {
        ApiAnswer? answer;
        try
        {
            answer = await router.AnswerAsync(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        catch (BadHttpRequestException bad)
        {
            answer = bad.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? Statuses.TooLarge(bad.Message)
                : Statuses.BadRequest(bad.Message);
        }
        catch (NodeAway away)
        {
            answer = Statuses.Unavailable(away.Message);
        }
        catch (Exception bug) when (bug is not OutOfMemoryException)
        {
            answer = Statuses.InternalError($"a bug in Gossip: {bug.Message}");
        }
        if (answer is not null && !context.Response.HasStarted) await AnswerWriter.WriteAsync(context, answer);
    }
}
