using System.Text.Json;
using System.Text.Json.Nodes;
using Gossip.Core.Templates;
using Gossip.Kubernetes.Api.Http;
using Gossip.Kubernetes.Manifests;
using Gossip.Kubernetes.Patching;

namespace Gossip.Kubernetes.Api;

/// <summary>A workload's <c>scale</c>: its number of replicas as an object, which <c>kubectl scale</c> and autoscalers write.</summary>
static class Scales
{
    public static async Task<ApiAnswer?> AnswerAsync(ApiCall call)
    {
        var (path, kind) = (call.Path, call.Path.Kind);
        if (call.Request.Method == "GET")
            return Show((await call.Cluster.ReadAsync(call.Gone)).Find(kind, path.Namespace, path.Name), path);
        var (body, refused) = await Body.ReadAsync(call.Request);
        if (refused is not null) return refused;
        var (type, isPatch) = (MediaTypes.Of(call.Request.ContentType), call.Request.Method == "PATCH");
        try
        {
            var sent = Patcher.Read(body.Span, type);
            var answer = await Rewriter.RewriteAsync(call, shown =>
            {
                var (scale, problem) = isPatch ? Patcher.Apply(Of(shown), sent, type, kind, path.Name) : (sent as JsonObject, null);
                return scale is null ? (null, problem ?? Statuses.BadRequest("the body must be one Scale")) : Scaled(shown, scale);
            });
            return answer.Code == 200 ? new ApiAnswer(200, Of(answer.Body)) { Warnings = answer.Warnings } : answer;
        }
        catch (BadPatch bad)
        {
            return Statuses.BadRequest(bad.Message);
        }
    }

    static (JsonObject? Wanted, ApiAnswer? Refused) Scaled(JsonObject shown, JsonObject scale)
    {
        if (scale["kind"].AsText() is not ("Scale" or ""))
            return (null, Statuses.WrongKind(scale["kind"].AsText(), scale["apiVersion"].AsText(), "a Scale", "autoscaling/v1"));
        if (scale.Below("spec", "replicas") is not (null or JsonValue))
            return (null, Statuses.BadRequest("spec.replicas: must be a whole number"));
        var wanted = (JsonObject)shown.DeepClone();
        if (scale.Below("metadata", "resourceVersion") is { } version) wanted["metadata"]!["resourceVersion"] = version.DeepClone();
        // A Scale without a number means none, as in Kubernetes.
        wanted["spec"]!["replicas"] = scale.Below("spec", "replicas")?.DeepClone() ?? 0;
        return (wanted, null);
    }

    static ApiAnswer Show(JsonObject? shown, ResourcePath path) =>
        shown is null ? Statuses.NotFound(path.Kind, path.Name) : new ApiAnswer(200, Of(shown));

    static JsonObject Of(JsonObject shown)
    {
        var metadata = new JsonObject();
        foreach (var field in (string[])["name", "namespace", "uid", "resourceVersion", "creationTimestamp"])
            if (shown.Below("metadata", field) is { } value) metadata[field] = value.DeepClone();
        var spec = shown.Below("spec", "selector") ?? shown.Below("spec", "template", "metadata", "labels");
        var selector = spec is null ? null : Selector.TryRead(JsonSerializer.SerializeToUtf8Bytes(spec), out _);
        return new JsonObject
        {
            ["kind"] = "Scale",
            ["apiVersion"] = "autoscaling/v1",
            ["metadata"] = metadata,
            ["spec"] = new JsonObject { ["replicas"] = shown.Below("spec", "replicas")?.DeepClone() ?? 1 },
            ["status"] = new JsonObject
            {
                ["replicas"] = shown.Below("status", "replicas")?.DeepClone() ?? 0,
                ["selector"] = selector is null ? "" : LabelSelector.Format(selector),
            },
        };
    }
}
