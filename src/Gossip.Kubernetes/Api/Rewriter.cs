using System.Text.Json;
using System.Text.Json.Nodes;
using Gossip.Kubernetes.Api.Http;
using Gossip.Kubernetes.Manifests;

namespace Gossip.Kubernetes.Api;

/// <summary>Replaces an object by what is made of it as this node shows it, and makes it anew when somebody wrote in between.</summary>
static class Rewriter
{
    /// <summary>Others may write at the same moment, again and again: then the client is told.</summary>
    const int TriesMost = 8;

    /// <param name="change">
    /// Makes the wanted object of the one shown, which it leaves as it is; or the answer that refuses. A resourceVersion other than the
    /// one shown is a condition that does not hold: 409.
    /// </param>
    public static async Task<ApiAnswer> RewriteAsync(ApiCall call, Func<JsonObject, (JsonObject? Wanted, ApiAnswer? Refused)> change)
    {
        var (path, kind) = (call.Path, call.Path.Kind);
        for (var tries = 1; ; tries++)
        {
            var cluster = await call.Cluster.LookAsync(call.Gone);
            if (call.Cluster.Read(cluster).Find(kind, path.Namespace, path.Name) is not { } shown)
                return Statuses.NotFound(kind, path.Name);
            var (wanted, refused) = change(shown);
            if (wanted is null) return refused!;
            var version = shown.Below("metadata", "resourceVersion").AsText();
            if (wanted.Below("metadata", "resourceVersion").AsText() is { Length: > 0 } asked && asked != version)
                return Statuses.Conflict(kind, path.Name);
            // That of a node or a pod is not its object's own; the writer compares that with the view that was read.
            (wanted["metadata"] as JsonObject)?.Remove("resourceVersion");
            (var submission, refused) = Submission.Read(JsonSerializer.SerializeToUtf8Bytes(wanted), path, call.Query, shown);
            if (submission is null) return refused!;
            var answer = await new Writer(call.Cluster).ReplaceAsync(submission, call.Gone, cluster);
            if (answer.Code != 409 || tries == TriesMost) return answer;
        }
    }
}
