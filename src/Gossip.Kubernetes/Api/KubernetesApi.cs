using Gossip.Core.Ports;
using Gossip.Core.Replication;
using Gossip.Core.Requests;
using Gossip.Core.Turns;
using Gossip.Kubernetes.Api.Http;
using Gossip.Kubernetes.Api.Pods;
using Gossip.Kubernetes.Manifests;
using Gossip.Node;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebSockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Gossip.Kubernetes.Api;

/// <summary>
/// The HTTP API that kubectl talks to, on any node: reads come from that node's view, writes go through it.
/// Thread-safe. <see cref="HandleAsync"/> is a request delegate: a host app with a web server of its own can map it
/// (<c>app.Run(api.HandleAsync)</c>); <see cref="ApiServer"/> serves it alone.
/// </summary>
public sealed class KubernetesApi
{
    readonly Func<Request, CancellationToken, Task<Reply>> ask;
    readonly TimeProvider clock;
    readonly Func<PodAccess?>? pods;
    readonly RequestGuard guard;
    readonly WebSocketMiddleware routes;
    readonly SemaphoreSlim planning = new(1);
    ClusterIndex? latest;

    /// <param name="ask">Puts a question to the node.</param>
    /// <param name="pods">The node's way into pods; null, or null for now: there is none.</param>
    /// <param name="hosts">
    /// As <c>name:port</c>, or <c>name</c> for the port of its scheme: what clients call the server by, besides localhost and the address and
    /// port that they are connected to. A request whose Host is neither is refused with 403.
    /// </param>
    public KubernetesApi(
        Func<Request, CancellationToken, Task<Reply>> ask, TimeProvider? clock = null, Func<PodAccess?>? pods = null, IEnumerable<string>? hosts = null)
    {
        this.ask = ask;
        this.clock = clock ?? TimeProvider.System;
        this.pods = pods;
        guard = new RequestGuard([.. (hosts ?? []).Select(host => new HostString(host))]);
        routes = new WebSocketMiddleware(RouteAsync, Options.Create(ConsoleSocket.Options), NullLoggerFactory.Instance);
    }

    /// <summary>Answers one request; never throws for what a client can send.</summary>
    public Task HandleAsync(HttpContext context) =>
        guard.Refuse(context) is { } refused ? AnswerWriter.WriteAsync(context, refused) : routes.Invoke(context);

    async Task RouteAsync(HttpContext context)
    {
        ApiAnswer? answer;
        try
        {
            answer = await AnswerAsync(context, context.RequestAborted);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        catch (BadHttpRequestException bad)
        {
            answer = bad.StatusCode == StatusCodes.Status413PayloadTooLarge ? Statuses.TooLarge(bad.Message) : Statuses.BadRequest(bad.Message);
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

    /// <summary>Null when the answer was a stream, and is over.</summary>
    async Task<ApiAnswer?> AnswerAsync(HttpContext context, CancellationToken ct)
    {
        var request = context.Request;
        var path = request.Path.Value ?? "";
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts is ["healthz" or "livez" or "readyz", ..]) return await HealthAsync(parts[0], ct);
        if (HttpMethods.IsGet(request.Method) && Fixed(parts, request) is { } answer) return answer;
        if (parts is ["gossip", "v1", .. var own]) return await GossipAsync(own, context, ct);
        if (parts is ["apis", PodMetrics.Group, PodMetrics.Version, .. var metered]) return await MetricsAsync(metered, request, ct);
        if (ResourcePath.Parse(parts) is not { } resource) return Statuses.NotFoundPath(path);
        if (resource is { Kind.Kind: ApiKind.Pod, Subresource: "eviction" } && HttpMethods.IsPost(request.Method)) return await EvictAsync(resource, request, ct);
        if (resource is { Kind.Kind: ApiKind.Pod, Subresource.Length: > 0 })
            return (await LookAsync(ct)).View.Pods.Any(pod => pod.Namespace == resource.Namespace && pod.Name == resource.Name)
                ? await new PodStreams(Pods, clock).AnswerAsync(context, resource, ct) : Statuses.NotFound(resource.Kind, resource.Name);
        if (resource.Subresource.Length > 0) return Statuses.NotFoundPath($"{resource.Kind.Plural}/{resource.Subresource} comes with a later version");
        return request.Method switch
        {
            "GET" or "HEAD" => await ReadAsync(resource, request, ct),
            "POST" when resource.Name.Length == 0 => await WriteAsync(resource, request, ct),
            "PUT" when resource.Name.Length > 0 => await WriteAsync(resource, request, ct),
            "DELETE" => await DeleteAsync(resource, request, ct),
            "PATCH" when resource.Name.Length > 0 => await PatchAsync(resource, request, ct),
            _ => Statuses.NotAllowed($"{request.Method} is not allowed on {path}"),
        };
    }

    /// <summary>What does not depend on the cluster.</summary>
    static ApiAnswer? Fixed(string[] parts, HttpRequest request)
    {
        if (parts is []) return new ApiAnswer(200, new() { ["paths"] = new System.Text.Json.Nodes.JsonArray("/api", "/apis", "/healthz", "/livez", "/openapi/v3", "/readyz", "/version") });
        return Discovery.Answer(parts, Accepts.Negotiate(request, AnswerForm.GroupDiscovery)) ?? OpenApi.Answer(parts);
    }

    /// <summary>Alive is to answer; ready is that the node answers too.</summary>
    async Task<ApiAnswer> HealthAsync(string probe, CancellationToken ct)
    {
        if (probe == "readyz") await LookAsync(ct);
        return new ApiAnswer(200, []) { ContentType = "text/plain", Raw = "ok"u8.ToArray() };
    }

    /// <summary>What Kubernetes has no word for.</summary>
    async Task<ApiAnswer?> GossipAsync(string[] parts, HttpContext context, CancellationToken ct)
    {
        var request = context.Request;
        var cluster = await LookAsync(ct);
        var view = cluster.View;
        switch (request.Method, parts)
        {
            case ("GET", ["members"]):
                return new ApiAnswer(200, GossipEndpoints.Members(view));
            case ("GET", ["why", var ns, var pod]):
                return GossipEndpoints.Explain(cluster, ns, pod) is { } why ? new ApiAnswer(200, why) : Statuses.NotFound(ApiKind.Of(ApiKind.Pod)!, pod);
            case ("GET", ["nodes", var name, "pods"]):
                return GossipEndpoints.PodsOn(view, name) is { } there ? new ApiAnswer(200, there) : Statuses.NotFound(ApiKind.Of(ApiKind.Node)!, name);
            case ("GET", ["pods", var ns, var pod, "copy"]):
                return await new PodStreams(Pods, clock).CopyAsync(context, ns, pod, ct);
            case ("GET" or "POST", ["voters"]):
                return await VotersEndpoint.AnswerAsync(request, ask, ct);
            case ("POST", ["plan"]):
                var (body, refused) = await Body.ReadAsync(request);
                var named = request.Query["namespace"].ToString();
                if (refused is not null) return refused;
                // Seconds of work for a great plan: one at a time, so that the node has the machine's other cores.
                await planning.WaitAsync(ct);
                try
                {
                    return new ApiAnswer(200, GossipEndpoints.Plan(
                        view, body.Span, named.Length > 0 ? named : ManifestValidator.DefaultNamespace, request.Query["place"].ToString() == "true", ct));
                }
                finally
                {
                    planning.Release();
                }
            default:
                return Statuses.NotFoundPath(request.Path);
        }
    }

    async Task<ApiAnswer> MetricsAsync(string[] parts, HttpRequest request, CancellationToken ct)
    {
        if (LabelSelector.Parse(request.Query["labelSelector"].ToString(), out var problem) is not { } labels) return Statuses.BadRequest(problem);
        var (ns, name) = parts switch
        {
            ["pods"] => ("", ""),
            ["namespaces", var inside, "pods"] => (inside, ""),
            ["namespaces", var inside, "pods", var one] => (inside, one),
            _ => (null, ""),
        };
        if (ns is null || !HttpMethods.IsGet(request.Method)) return Statuses.NotFoundPath($"{request.Path}: of {PodMetrics.Group} only pods are served");
        return await new PodMetrics(Pods, clock).AnswerAsync((await LookAsync(ct)).View, ns, name, labels, ct);
    }

    PodAccess Pods => pods?.Invoke() ?? throw new NodeAway("this node does not let anybody look into its pods, or is starting");

    async Task<ApiAnswer> ReadAsync(ResourcePath path, HttpRequest request, CancellationToken ct)
    {
        var query = request.Query;
        var form = Accepts.Negotiate(request, AnswerForm.Table);
        if (form == AnswerForm.None) return Statuses.NotAcceptable("only application/json (also as=Table;v=v1;g=meta.k8s.io) is served");
        // 410 is what clients that follow a list know: they list again, a little later each time, and need no watch.
        if (query["watch"].ToString() is "true" or "1") return Statuses.Expired("watch comes with a later version: list again");
        if (query["continue"].ToString().Length > 0) return Statuses.Expired("lists come whole here: list again without continue");
        var include = query["includeObject"].ToString();
        if (path.Name.Length > 0) return new Reader(await LookAsync(ct), clock.GetUtcNow()).Get(path.Kind, path.Namespace, path.Name, form, include);
        var (choice, refused) = ReadChoice(path, query);
        return refused ?? new Reader(await LookAsync(ct), clock.GetUtcNow()).List(path.Kind, choice!, form, include);
    }

    async Task<ApiAnswer> WriteAsync(ResourcePath path, HttpRequest request, CancellationToken ct)
    {
        if (path.Kind.Namespaced && path.Namespace.Length == 0) return Statuses.NotAllowed($"POST to /namespaces/NAMESPACE/{path.Kind.Plural}");
        var (body, refused) = await Body.ReadAsync(request);
        if (refused is not null) return refused;
        (var submission, refused) = Submission.Read(body.Span, path, request.Query);
        if (submission is null) return refused!;
        var writer = new Writer(ask, LookAsync, clock);
        return await (path.Name.Length == 0 ? writer.CreateAsync(path, submission, ct) : writer.ReplaceAsync(path, submission, ct));
    }

    async Task<ApiAnswer> PatchAsync(ResourcePath path, HttpRequest request, CancellationToken ct)
    {
        if (path.Kind.Kind != ApiKind.Node)
            return Statuses.NotAllowed("patch (kubectl apply on what exists, edit, scale, label …) comes with a later version for all but nodes: use kubectl replace -f or gossip apply -f");
        var (body, refused) = await Body.ReadAsync(request);
        return refused ?? await new Patcher(new Writer(ask, LookAsync, clock), LookAsync, clock).PatchAsync(path, body, request, ct);
    }

    async Task<ApiAnswer> EvictAsync(ResourcePath path, HttpRequest request, CancellationToken ct)
    {
        var (body, refused) = await Body.ReadAsync(request);
        return refused ?? await new Evictions(ask, LookAsync, clock).EvictAsync(path, body, request.Query, ct);
    }

    async Task<ApiAnswer> DeleteAsync(ResourcePath path, HttpRequest request, CancellationToken ct)
    {
        var (body, refused) = await Body.ReadAsync(request);
        if (refused is not null) return refused;
        (var options, refused) = Deleter.Options.Read(body.Span, request.Query);
        if (options is null) return refused!;
        var deleter = new Deleter(ask, LookAsync, clock);
        if (path.Name.Length > 0) return await deleter.DeleteAsync(path, options, ct);
        if (path.Kind.Namespaced && path.Namespace.Length == 0) return Statuses.NotAllowed("delete collections by namespace");
        (var choice, refused) = ReadChoice(path, request.Query);
        return refused ?? await deleter.DeleteManyAsync(path.Kind, choice!, options, ct);
    }

    static (Choice? Choice, ApiAnswer? Refused) ReadChoice(ResourcePath path, IQueryCollection query)
    {
        if (LabelSelector.Parse(query["labelSelector"].ToString(), out var problem) is not { } labels) return (null, Statuses.BadRequest(problem));
        if (FieldSelector.Parse(path.Kind, query["fieldSelector"].ToString(), out problem) is not { } fields) return (null, Statuses.BadRequest(problem));
        return (new Choice(path.Namespace, path.Name, labels, fields), null);
    }

    async Task<ClusterIndex> LookAsync(CancellationToken ct)
    {
        var reply = await ask(Look.Around, ct);
        if (reply is not Seen seen) throw new NodeAway(reply is Refused refused ? refused.Message : "the node does not answer");
        // The same view comes again while nothing changed, and its look-ups with it.
        var known = latest;
        return known is not null && ReferenceEquals(known.View, seen.View) ? known : latest = new ClusterIndex(seen.View);
    }

    sealed class NodeAway(string message) : Exception(message);
}
