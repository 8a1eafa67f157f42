using System.Text.Json;
using System.Text.Json.Nodes;
using Gossip.Kubernetes.Api.Http;
using Gossip.Kubernetes.Manifests;
using Microsoft.AspNetCore.Http;

namespace Gossip.Kubernetes.Api;

/// <summary>Performs PATCH, which nodes take: what <c>kubectl cordon</c>, <c>uncordon</c>, <c>taint</c>, <c>label</c> and <c>annotate</c> send.</summary>
sealed class Patcher(Writer writer, Func<CancellationToken, Task<ClusterIndex>> look, TimeProvider clock)
{
    /// <summary>Others may write at the same moment; their writes are read and the patch is laid over them.</summary>
    const int TriesMost = 8;

    public async Task<ApiAnswer> PatchAsync(ResourcePath path, ReadOnlyMemory<byte> body, HttpRequest request, CancellationToken ct)
    {
        var kind = path.Kind;
        var set = ManifestReader.Read("request body", body.Span);
        if (!set.Faults.IsEmpty) return Statuses.Invalid(null, "", set.Faults);
        if (set.Manifests is not [var manifest]) return Statuses.BadRequest("the body must be one patch");
        var isStrategic = MediaTypes.Of(request.ContentType) == MediaTypes.StrategicMergePatch;
        for (var tries = 1; ; tries++)
        {
            var cluster = await look(ct);
            if (new Reader(cluster, clock.GetUtcNow()).Find(kind, path.Namespace, path.Name) is not { } shown) return Statuses.NotFound(kind, path.Name);
            var patched = (JsonObject)shown.DeepClone();
            ((JsonObject)patched["metadata"]!).Remove("resourceVersion"); // of the node, which moves all the time; only a client's own counts
            MergePatch.Apply(patched, manifest.Root, isStrategic);
            var (submission, refused) = Submission.Read(JsonSerializer.SerializeToUtf8Bytes(patched), path, request.Query);
            if (submission is null) return refused!;
            var isConditional = patched["metadata"]?["resourceVersion"] is not null;
            var answer = await writer.ReplaceAsync(path, submission, ct, cluster);
            if (answer.Code != 409 || isConditional || tries == TriesMost) return answer;
        }
    }
}
