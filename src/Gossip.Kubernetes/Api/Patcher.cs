using System.Text.Json;
using System.Text.Json.Nodes;
using Gossip.Core.Ports;
using Gossip.Core.Replication;
using Gossip.Kubernetes.Api.Http;
using Gossip.Kubernetes.Manifests;

namespace Gossip.Kubernetes.Api;

/// <summary>
/// Performs PATCH, which nodes take: what <c>kubectl cordon</c>, <c>uncordon</c>, <c>taint</c>, <c>label</c> and <c>annotate</c> send.
/// </summary>
sealed class Patcher(ClusterAccess node)
{
    /// <summary>Others may write at the same moment; their writes are read and the patch is laid over them.</summary>
    const int TriesMost = 8;

    public async Task<ApiAnswer> PatchAsync(ApiCall call, ReadOnlyMemory<byte> body)
    {
        var (path, kind) = (call.Path, call.Path.Kind);
        var set = ManifestReader.Read("request body", body.Span);
        if (!set.Faults.IsEmpty) return Statuses.Invalid(null, "", set.Faults);
        if (set.Manifests is not [var manifest]) return Statuses.BadRequest("the body must be one patch");
        var isStrategic = MediaTypes.Of(call.Request.ContentType) == MediaTypes.StrategicMergePatch;
        for (var tries = 1; ; tries++)
        {
            var cluster = await node.LookAsync(call.Gone);
            if (node.Read(cluster).Find(kind, path.Namespace, path.Name) is not { } shown) return Statuses.NotFound(kind, path.Name);
            var patched = (JsonObject)shown.DeepClone();
            // of the node, which moves all the time; only a client's own counts
            ((JsonObject)patched["metadata"]!).Remove("resourceVersion");
            MergePatch.Apply(patched, manifest.Root, isStrategic);
            var (submission, refused) = Submission.Read(JsonSerializer.SerializeToUtf8Bytes(patched), path, call.Query);
            if (submission is null) return refused!;
            var isConditional = patched.Below("metadata", "resourceVersion") is not null;
            var answer = await new Writer(node).ReplaceAsync(submission, call.Gone, cluster);
            if (answer.Code != 409 || isConditional || tries == TriesMost) return answer;
        }
    }
}
