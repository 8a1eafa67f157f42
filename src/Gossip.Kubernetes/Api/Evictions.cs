using System.Text.Json.Nodes;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Requests;
using Gossip.Core.Tables;
using Gossip.Core.View;
using Gossip.Kubernetes.Api.Http;
using Gossip.Kubernetes.Manifests;

namespace Gossip.Kubernetes.Api;

/// <summary>
/// Performs POST of a policy/v1 Eviction, as kubectl drain sends it. A pod keeps its name when it moves, so the name tells a
/// client nothing about when the old run is gone: the answer comes when it is, or when its grace is over.
/// </summary>
static class Evictions
{
    static readonly TimeSpan Slack = TimeSpan.FromSeconds(5), WaitMost = TimeSpan.FromSeconds(60), Look = TimeSpan.FromMilliseconds(100);

    public static async Task<ApiAnswer?> EvictAsync(ApiCall call)
    {
        var (path, node, ct) = (call.Path, call.Cluster, call.Gone);
        var (body, refused) = await Body.ReadAsync(call.Request);
        if (refused is not null) return refused;
        var set = ManifestReader.Read("request body", body.Span);
        if (!set.Faults.IsEmpty) return Statuses.Invalid(null, "", set.Faults);
        if (set.Manifests is not [{ Root: var root }]) return Statuses.BadRequest("the body must be one Eviction");
        if (root["kind"].AsText() is not ("Eviction" or "") || root["apiVersion"].AsText() is not ("policy/v1" or "policy/v1beta1" or ""))
            return Statuses.WrongKind(root["kind"].AsText(), root["apiVersion"].AsText(), "an Eviction", "policy/v1");
        if (root.Below("metadata", "name").AsText() is { Length: > 0 } named && named != path.Name)
            return Statuses.BadRequest($"name in URL does not match name in Eviction object: {named}");
        if (root["deleteOptions"] is not (null or JsonObject)) return Statuses.BadRequest("deleteOptions: must be an object");
        (var options, refused) = DeleteOptions.Read(root["deleteOptions"] as JsonObject ?? [], call.Query);
        if (options is null) return refused!;
        var cluster = await node.LookAsync(ct);
        if (cluster.View.Pods.FirstOrDefault(pod => pod.Namespace == path.Namespace && pod.Name == path.Name) is not { } pod)
            return Statuses.NotFound(path.Kind, path.Name);
        if (pod.Phase is PodPhase.Succeeded or PodPhase.Failed) return await DeleteAsync(call, options);
        var warnings = options.Grace is null
            ? options.Warnings
            : [.. options.Warnings, "evicted pods end within their own terminationGracePeriodSeconds: the one given is not kept"];
        return await node.AskAsync(new EvictPod(path.Kind.Name(path.Namespace, path.Name), options.Uid, options.DryRun), ct) switch
        {
            Evicted { Run: { } run } when !options.DryRun => await AwaitEndAsync(pod, run, node, ct) with { Warnings = warnings },
            Evicted => Done() with { Warnings = warnings },
            Refused { Because: RefusedBecause.Disrupted } forbidden =>
                Statuses.Disrupted("Cannot evict pod as it would violate the pod's disruption budget.", forbidden.Message),
            Refused { Because: RefusedBecause.Unavailable } late =>
                Statuses.Disrupted($"Cannot evict pod yet: {late.Message}", late.Message),
            Refused { Because: RefusedBecause.Invalid } several => Statuses.InternalError(several.Message),
            Refused { Because: RefusedBecause.Conflict } other => Statuses.Conflict(path.Kind, path.Name, other.Message),
            var reply => Statuses.From((Refused)reply, path.Kind, path.Name),
        };
    }

    /// <summary>What has run to its end is not moved: as in Kubernetes, an eviction deletes it.</summary>
    static async Task<ApiAnswer> DeleteAsync(ApiCall call, DeleteOptions options)
    {
        var answer = await new Deleter(call.Cluster).DeleteAsync(call.Path with { Subresource = "" }, options, call.Gone);
        return answer.Code == 200 ? Done() : answer;
    }

    static async Task<ApiAnswer> AwaitEndAsync(PodView pod, PodRun run, ClusterAccess node, CancellationToken ct)
    {
        var clock = node.Clock;
        var most = pod.Template.TerminationGrace + Slack;
        var until = clock.GetTimestamp();
        while (clock.GetElapsedTime(until) < (most < WaitMost ? most : WaitMost))
        {
            var cluster = await node.LookAsync(ct);
            var runs = cluster.PodsOf(pod.OwnerUid).SelectMany(shown => shown.Admissions).Where(held => held.Run == run);
            if (!runs.Any(held => cluster.Node(held.Node) is { Member.IsLive: true })) break;
            await Task.Delay(Look, clock, ct);
        }
        return Done();
    }

    static ApiAnswer Done() =>
        new(201, new()
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Success",
            ["code"] = 201,
        });
}
