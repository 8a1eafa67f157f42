using Gossip.Core.Membership;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Requests;
using Gossip.Core.Scheduling;
using Gossip.Core.Tables;
using Gossip.Core.Turns;
using Gossip.Core.View;
using Gossip.Kubernetes.Api.Http;
using Gossip.Kubernetes.Manifests;
using Microsoft.AspNetCore.Http;

namespace Gossip.Kubernetes.Api;

/// <summary>
/// Performs POST of a policy/v1 Eviction, as kubectl drain sends it. A pod keeps its name when it moves, so the name tells a
/// client nothing about when the old run is gone: the answer comes when it is, or when its grace is over.
/// </summary>
sealed class Evictions(Func<Request, CancellationToken, Task<Reply>> ask, Func<CancellationToken, Task<ClusterIndex>> look, TimeProvider clock)
{
    static readonly TimeSpan Slack = TimeSpan.FromSeconds(5), WaitMost = TimeSpan.FromSeconds(60), Look = TimeSpan.FromMilliseconds(100);

    public async Task<ApiAnswer> EvictAsync(ResourcePath path, ReadOnlyMemory<byte> body, IQueryCollection query, CancellationToken ct)
    {
        var set = ManifestReader.Read("request body", body.Span);
        if (!set.Faults.IsEmpty) return Statuses.Invalid(null, "", set.Faults);
        if (set.Manifests is not [{ Root: var root }]) return Statuses.BadRequest("the body must be one Eviction");
        if (root["kind"].AsText() is not ("Eviction" or "") || root["apiVersion"].AsText() is not ("policy/v1" or "policy/v1beta1" or ""))
            return Statuses.BadRequest($"{root["kind"].AsText()} in version \"{root["apiVersion"].AsText()}\" cannot be handled as an Eviction in version \"policy/v1\"");
        if (root["metadata"]?["name"].AsText() is { Length: > 0 } named && named != path.Name) return Statuses.BadRequest($"name in URL does not match name in Eviction object: {named}");
        var (options, refused) = Deleter.Options.Read(root["deleteOptions"] is { } given ? System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(given) : [], query);
        if (options is null) return refused!;
        var cluster = await look(ct);
        if (cluster.View.Pods.FirstOrDefault(pod => pod.Namespace == path.Namespace && pod.Name == path.Name) is not { } pod) return Statuses.NotFound(path.Kind, path.Name);
        if (pod.Phase is PodPhase.Succeeded or PodPhase.Failed) return await DeleteAsync(path, options, ct);
        var warnings = options.Grace is null ? options.Warnings : [.. options.Warnings, "evicted pods end within their own terminationGracePeriodSeconds: the one given is not kept"];
        return await ask(new EvictPod(path.Kind.Name(path.Namespace, path.Name), options.Uid, options.DryRun), ct) switch
        {
            Evicted { Run: { } run } when !options.DryRun => await AwaitEndAsync(pod, run, ct) with { Warnings = warnings },
            Evicted => Done() with { Warnings = warnings },
            Refused { Because: RefusedBecause.Disrupted } forbidden => Statuses.Disrupted("Cannot evict pod as it would violate the pod's disruption budget.", forbidden.Message),
            Refused { Because: RefusedBecause.Unavailable } late => Statuses.Disrupted($"Cannot evict pod yet: {late.Message}", late.Message),
            Refused { Because: RefusedBecause.Invalid } several => Statuses.InternalError(several.Message),
            Refused { Because: RefusedBecause.Conflict } other => Statuses.Conflict(path.Kind, path.Name, other.Message),
            var reply => Statuses.From((Refused)reply, path.Kind, path.Name),
        };
    }

    /// <summary>What has run to its end is not moved: as in Kubernetes, an eviction deletes it.</summary>
    async Task<ApiAnswer> DeleteAsync(ResourcePath path, Deleter.Options options, CancellationToken ct)
    {
        var answer = await new Deleter(ask, look, clock).DeleteAsync(path with { Subresource = "" }, options, ct);
        return answer.Code == 200 ? Done() : answer;
    }

    async Task<ApiAnswer> AwaitEndAsync(PodView pod, PodRun run, CancellationToken ct)
    {
        var most = pod.Template.TerminationGrace + Slack;
        var until = clock.GetTimestamp();
        while (clock.GetElapsedTime(until) < (most < WaitMost ? most : WaitMost))
        {
            var cluster = await look(ct);
            if (!cluster.PodsOf(pod.OwnerUid).Any(shown => shown.Admissions.Any(held => held.Run == run && cluster.Node(held.Node) is { Member.IsLive: true }))) break;
            await Task.Delay(Look, clock, ct);
        }
        return Done();
    }

    static ApiAnswer Done() => new(201, new() { ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new System.Text.Json.Nodes.JsonObject(), ["status"] = "Success", ["code"] = 201 });
}
