using System.Text.Json;
using System.Text.Json.Nodes;
using Gossip.Core.Templates;
using Gossip.Kubernetes.Api.Http;
using Gossip.Kubernetes.Kinds;
using Gossip.Kubernetes.Manifests;
using Gossip.Kubernetes.Patching;

namespace Gossip.Kubernetes.Api;

/// <summary>A workload's <c>scale</c>: its number of replicas as an object, which <c>kubectl scale</c> and autoscalers write.</summary>
static class Scales
{
    const int TriesMost = 8;

    public static async Task<ApiAnswer?> AnswerAsync(ApiCall call)
    {
        var (path, kind) = (call.Path, call.Path.Kind);
        if (call.Request.Method == "GET")
            return Show((await call.Cluster.ReadAsync(call.Gone)).Find(kind, path.Namespace, path.Name), path);
        var (body, refused) = await Body.ReadAsync(call.Request);
        if (refused is not null) return refused;
        JsonNode sent;
        var type = MediaTypes.Of(call.Request.ContentType);
        try
        {
            sent = Patcher.Read(body.Span, type);
        }
        catch (BadPatch bad)
        {
            return Statuses.BadRequest(bad.Message);
        }
        var isPatch = call.Request.Method == "PATCH";
        for (var tries = 1; ; tries++)
        {
            var cluster = await call.Cluster.LookAsync(call.Gone);
            if (call.Cluster.Read(cluster).Find(kind, path.Namespace, path.Name) is not { } shown)
                return Statuses.NotFound(kind, path.Name);
            var scale = isPatch ? null : sent as JsonObject;
            if (isPatch) (scale, refused) = PatchOf(Of(shown), sent, type, path);
            if (scale is null) return refused ?? Statuses.BadRequest("the body must be one Scale");
            if (scale["kind"].AsText() is not ("Scale" or ""))
                return Statuses.WrongKind(scale["kind"].AsText(), scale["apiVersion"].AsText(), "a Scale", "autoscaling/v1");
            if (scale.Below("spec", "replicas") is not (null or JsonValue))
                return Statuses.BadRequest("spec.replicas: must be a whole number");
            var version = scale.Below("metadata", "resourceVersion").AsText();
            if (version.Length > 0 && version != shown.Below("metadata", "resourceVersion").AsText())
                return Statuses.Conflict(kind, path.Name);
            var wanted = (JsonObject)shown.DeepClone();
            ((JsonObject)wanted["metadata"]!).Remove("resourceVersion");
            // A Scale without a number means none, as in Kubernetes.
            wanted["spec"]!["replicas"] = scale.Below("spec", "replicas")?.DeepClone() ?? 0;
            (var submission, refused) = Submission.Read(JsonSerializer.SerializeToUtf8Bytes(wanted), path, call.Query, shown);
            if (submission is null) return refused;
            var answer = await new Writer(call.Cluster).ReplaceAsync(submission, call.Gone, cluster);
            if (answer.Code == 409 && version.Length == 0 && tries < TriesMost) continue;
            return answer.Code == 200 ? new ApiAnswer(200, Of(answer.Body)) { Warnings = answer.Warnings } : answer;
        }
    }

    static ApiAnswer Show(JsonObject? shown, ResourcePath path) =>
        shown is null ? Statuses.NotFound(path.Kind, path.Name) : new ApiAnswer(200, Of(shown));

    /// <summary>The version that a patch leaves as it found it is no condition of the patch's.</summary>
    static (JsonObject? Scale, ApiAnswer? Refused) PatchOf(JsonObject scale, JsonNode patch, string type, ResourcePath path)
    {
        var found = scale.Below("metadata", "resourceVersion").AsText();
        var (patched, refused) = Patcher.Apply(scale, patch, type, path.Kind, path.Name);
        if (patched?["metadata"] is JsonObject metadata && metadata["resourceVersion"].AsText() == found)
            metadata.Remove("resourceVersion");
        return (patched, refused);
    }

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
