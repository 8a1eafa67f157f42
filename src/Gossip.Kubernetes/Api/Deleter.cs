using System.Globalization;
using System.Text.Json.Nodes;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Requests;
using Gossip.Core.Turns;
using Gossip.Kubernetes.Api.Http;
using Gossip.Kubernetes.Manifests;
using Microsoft.AspNetCore.Http;

namespace Gossip.Kubernetes.Api;

/// <summary>Performs DELETE: of one object, of a collection, and of a namespace with all that is in it.</summary>
sealed class Deleter(Func<Request, CancellationToken, Task<Reply>> ask, Func<CancellationToken, Task<ClusterIndex>> look, TimeProvider clock)
{
    /// <summary>What a client may say about a deletion. Dependents always go: pods derive from their workload.</summary>
    public sealed record Options(TimeSpan? Grace, string Uid, string Version, bool DryRun, IReadOnlyList<string> Warnings)
    {
        public static (Options? Options, ApiAnswer? Refused) Read(ReadOnlySpan<byte> body, IQueryCollection query)
        {
            JsonObject root = [];
            if (!body.IsEmpty)
            {
                var set = ManifestReader.Read("request body", body);
                if (!set.Faults.IsEmpty) return (null, Statuses.Invalid(null, "", set.Faults));
                root = set.Manifests.FirstOrDefault()?.Root ?? root;
            }
            var seconds = root["gracePeriodSeconds"].AsInteger();
            if (query["gracePeriodSeconds"].ToString() is { Length: > 0 } text)
                seconds = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var asked) ? asked : -1;
            if (seconds is < 0 or > int.MaxValue) return (null, Statuses.BadRequest($"gracePeriodSeconds is {seconds}: must be from 0 to {int.MaxValue}"));
            var policy = query["propagationPolicy"].ToString() is { Length: > 0 } named ? named : root["propagationPolicy"].AsText();
            var preconditions = root["preconditions"];
            var isDry = query["dryRun"].ToString() == "All" || (root["dryRun"] as JsonArray)?.Any(one => one.AsText() == "All") == true;
            return (new Options(
                seconds is { } grace ? TimeSpan.FromSeconds(grace) : null, preconditions?["uid"].AsText() ?? "", preconditions?["resourceVersion"].AsText() ?? "", isDry,
                policy == "Orphan" ? ["pods derive from their workload and go with it: propagationPolicy Orphan is not kept"] : []), null);
        }
    }

    public async Task<ApiAnswer> DeleteAsync(ResourcePath path, Options options, CancellationToken ct)
    {
        var kind = path.Kind;
        var name = kind.Name(path.Namespace, path.Name);
        var cluster = await look(ct);
        if (new Reader(cluster, clock.GetUtcNow()).Find(kind, path.Namespace, path.Name) is not { } shown) return Statuses.NotFound(kind, path.Name);
        var uid = shown["metadata"]?["uid"].AsText() ?? "";
        if (options.Uid.Length > 0 && options.Uid != uid) return Statuses.Conflict(kind, path.Name, $"the UID in the precondition ({options.Uid}) does not match the UID in record ({uid}). The object might have been deleted and then recreated");
        if (options.Version.Length > 0 && options.Version != shown["metadata"]?["resourceVersion"].AsText()) return Statuses.Conflict(kind, path.Name);
        if (kind.Kind == ApiKind.Namespace && path.Name == ManifestValidator.DefaultNamespace) return Statuses.Forbidden(kind, path.Name, "this namespace may not be deleted");
        if (cluster.Find(name) is null && kind.Kind != ApiKind.Pod) return Statuses.NotAllowed(Writer.DerivedText(kind, name, shown));
        if (options.DryRun) return Statuses.Success(kind, path.Name, uid) with { Warnings = options.Warnings };
        if (kind.Kind == ApiKind.Namespace && await EmptyAsync(path.Name, cluster, options, ct) is { } problem) return problem;
        if (await ask(new DeleteObject(name, options.Grace), ct) is Refused refused) return Statuses.From(refused, kind, path.Name);
        // What ends gracefully is still there: the client gets it with its deletion time, and waits until it is gone.
        var left = new Reader(await look(ct), clock.GetUtcNow()).Find(kind, path.Namespace, path.Name);
        var answer = left?["metadata"]?["deletionTimestamp"] is not null && left["metadata"]?["uid"].AsText() == uid
            ? new ApiAnswer(200, left)
            : Statuses.Success(kind, path.Name, uid);
        return answer with { Warnings = options.Warnings };
    }

    public async Task<ApiAnswer> DeleteManyAsync(ApiKind kind, Choice choice, Options options, CancellationToken ct)
    {
        var cluster = await look(ct);
        foreach (var shown in new Reader(cluster, clock.GetUtcNow()).Choose(kind, choice).ToArray())
        {
            var (@namespace, name) = (shown["metadata"]?["namespace"].AsText() ?? "", shown["metadata"]!["name"].AsText());
            var answer = await DeleteAsync(new ResourcePath(kind, @namespace, name, ""), options, ct);
            // Gone meanwhile is as good; what nobody can delete does not keep the rest.
            if (answer.Code is not (200 or 404 or 405 or 403)) return answer;
        }
        return Statuses.Success(kind, "", "");
    }

    async Task<ApiAnswer?> EmptyAsync(string @namespace, ClusterIndex cluster, Options options, CancellationToken ct)
    {
        foreach (var name in cluster.View.Objects.Where(held => held.Name.Namespace == @namespace && !held.Deleting).Select(held => held.Name).Distinct())
            if (await ask(new DeleteObject(name, options.Grace), ct) is Refused { Because: not RefusedBecause.NotFound } refused)
                return Statuses.Unavailable($"{name} could not be deleted: {refused.Message}; try again");
        return null;
    }
}
