using Gossip.Kubernetes.Api.Http;
using Gossip.Kubernetes.Api.Pods;
using Gossip.Kubernetes.Kinds;
using Gossip.Kubernetes.Manifests;
using Microsoft.AspNetCore.Http;

namespace Gossip.Kubernetes.Api;

/// <summary>What Kubernetes has no word for: the paths under <c>/gossip/v1</c>.</summary>
sealed class GossipEndpoints(ClusterAccess node)
{
    /// <summary>A great plan is seconds of work: one at a time, so that the node has the machine's other cores.</summary>
    readonly SemaphoreSlim planning = new(1);

    /// <summary>Null when the answer was a stream, and is over.</summary>
    public async Task<ApiAnswer?> AnswerAsync(string[] parts, HttpContext context)
    {
        var (request, gone) = (context.Request, context.RequestAborted);
        switch (request.Method, parts)
        {
            case ("GET", ["members"]):
                return new ApiAnswer(200, GossipDocuments.Members((await node.LookAsync(gone)).View));
            case ("GET", ["why", var ns, var pod]):
                return GossipDocuments.Explain(await node.LookAsync(gone), ns, pod) is { } why
                    ? new ApiAnswer(200, why)
                    : Statuses.NotFound(PodKind.Instance, pod);
            case ("GET", ["nodes", var name, "pods"]):
                return GossipDocuments.PodsOn((await node.LookAsync(gone)).View, name) is { } there
                    ? new ApiAnswer(200, there)
                    : Statuses.NotFound(NodeKind.Instance, name);
            case ("GET", ["pods", var ns, var pod, "copy"]):
                return await PodStreams.CopyAsync(context, node.Pods, ns, pod);
            case ("GET" or "POST", ["voters"]):
                return await VotersEndpoint.AnswerAsync(request, node, gone);
            case ("POST", ["plan"]):
                return await PlanAsync(request, gone);
            default:
                return Statuses.NotFoundPath(request.Path);
        }
    }

    async Task<ApiAnswer> PlanAsync(HttpRequest request, CancellationToken gone)
    {
        var (body, refused) = await Body.ReadAsync(request);
        if (refused is not null) return refused;
        var view = (await node.LookAsync(gone)).View;
        var @namespace = request.Query["namespace"].ToString() is { Length: > 0 } named ? named : ManifestValidator.DefaultNamespace;
        await planning.WaitAsync(gone);
        try
        {
            return new ApiAnswer(200, GossipDocuments.Plan(view, body.Span, @namespace, request.Query["place"].ToString() == "true", gone));
        }
        finally
        {
            planning.Release();
        }
    }
}
