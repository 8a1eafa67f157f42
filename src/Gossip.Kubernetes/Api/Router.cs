using System.Text.Json.Nodes;
using Gossip.Kubernetes.Api.Http;
using Gossip.Kubernetes.Api.Pods;
using Gossip.Kubernetes.Patching;
using Microsoft.AspNetCore.Http;

namespace Gossip.Kubernetes.Api;

/// <summary>From a path and a method to what answers them.</summary>
sealed class Router(ClusterAccess cluster)
{
    readonly GossipEndpoints gossip = new(cluster);

    /// <summary>Null when the answer was a stream, and is over.</summary>
    public async Task<ApiAnswer?> AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        var path = request.Path.Value ?? "";
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts is ["healthz" or "livez" or "readyz", ..]) return await HealthAsync(parts[0], context.RequestAborted);
        if (HttpMethods.IsGet(request.Method) && Fixed(parts, request) is { } answer) return answer;
        if (parts is ["gossip", "v1", .. var own]) return await gossip.AnswerAsync(own, context);
        if (parts is ["apis", PodMetrics.Group, PodMetrics.Version, .. var metered])
            return await PodMetrics.AnswerAsync(metered, request, cluster);
        if (ResourcePath.Parse(parts) is not { } resource) return Statuses.NotFoundPath(path);
        var call = new ApiCall(context, resource, cluster);
        if (resource.Subresource.Length > 0) return await SubresourceAsync(call);
        return request.Method switch
        {
            "GET" or "HEAD" => await Reads.AnswerAsync(call),
            "POST" when resource.Name.Length == 0 => await WriteAsync(call),
            "PUT" when resource.Name.Length > 0 => await WriteAsync(call),
            "DELETE" => await DeleteAsync(call),
            "PATCH" when resource.Name.Length > 0 => await Patcher.PatchAsync(call),
            _ => Statuses.NotAllowed($"{request.Method} is not allowed on {path}"),
        };
    }

    /// <summary>What does not depend on the cluster.</summary>
    static ApiAnswer? Fixed(string[] parts, HttpRequest request)
    {
        if (parts is [])
            return new ApiAnswer(200, new()
            {
                ["paths"] = new JsonArray("/api", "/apis", "/healthz", "/livez", "/openapi/v3", "/readyz", "/version"),
            });
        return Discovery.Answer(parts, Accepts.Negotiate(request, AnswerForm.GroupDiscovery)) ?? OpenApi.Answer(parts);
    }

    /// <summary>Alive is to answer; ready is that the node answers too.</summary>
    async Task<ApiAnswer> HealthAsync(string probe, CancellationToken ct)
    {
        if (probe == "readyz") await cluster.LookAsync(ct);
        return new ApiAnswer(200, []) { ContentType = "text/plain", Raw = "ok"u8.ToArray() };
    }

    static async Task<ApiAnswer?> SubresourceAsync(ApiCall call)
    {
        var path = call.Path;
        if (path.Kind.Subresources.FirstOrDefault(known => known.Name == path.Subresource) is not { } subresource)
            return Statuses.NotFoundPath($"{path.Kind.Plural}/{path.Subresource} comes with a later version");
        if (!subresource.Methods.Contains(call.Request.Method))
            return Statuses.NotAllowed($"{call.Request.Method} is not allowed on {path.Kind.Plural}/{path.Subresource}");
        return await subresource.AnswerAsync(call);
    }

    async Task<ApiAnswer> WriteAsync(ApiCall call)
    {
        var path = call.Path;
        if (path.Kind.Namespaced && path.Namespace.Length == 0)
            return Statuses.NotAllowed($"POST to /namespaces/NAMESPACE/{path.Kind.Plural}");
        var (body, refused) = await Body.ReadAsync(call.Request);
        if (refused is not null) return refused;
        (var submission, refused) = Submission.Read(body.Span, path, call.Query);
        if (submission is null) return refused!;
        var writer = new Writer(cluster);
        return await (path.Name.Length == 0 ? writer.CreateAsync(submission, call.Gone) : writer.ReplaceAsync(submission, call.Gone));
    }

    async Task<ApiAnswer> DeleteAsync(ApiCall call)
    {
        var path = call.Path;
        var (body, refused) = await Body.ReadAsync(call.Request);
        if (refused is not null) return refused;
        (var options, refused) = DeleteOptions.Read(body.Span, call.Query);
        if (options is null) return refused!;
        var deleter = new Deleter(cluster);
        if (path.Name.Length > 0) return await deleter.DeleteAsync(path, options, call.Gone);
        if (path.Kind.Namespaced && path.Namespace.Length == 0) return Statuses.NotAllowed("delete collections by namespace");
        (var choice, refused) = Choice.Read(path, call.Query);
        return refused ?? await deleter.DeleteManyAsync(path.Kind, choice!, options, call.Gone);
    }
}
