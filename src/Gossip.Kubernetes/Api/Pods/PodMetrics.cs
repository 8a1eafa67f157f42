using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Gossip.Core.Ports;
using Gossip.Core.Templates;
using Gossip.Core.View;
using Gossip.Kubernetes.Api.Http;
using Gossip.Kubernetes.Kinds;
using Gossip.Kubernetes.Kinds.Showing;
using Microsoft.AspNetCore.Http;

namespace Gossip.Kubernetes.Api.Pods;

/// <summary>
/// <c>metrics.k8s.io/v1beta1</c>, pods only: what each uses now. Runtimes count processor time since a container's start, so it is
/// asked for twice, a second apart, of all nodes at once.
/// </summary>
static class PodMetrics
{
    public const string Group = "metrics.k8s.io", Version = "v1beta1";

    static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    /// <param name="parts">Of the path, below the group's version.</param>
    public static async Task<ApiAnswer> AnswerAsync(string[] parts, HttpRequest request, ClusterAccess node)
    {
        if (LabelSelector.Parse(request.Query["labelSelector"].ToString(), out var problem) is not { } labels)
            return Statuses.BadRequest(problem);
        var (ns, name) = parts switch
        {
            ["pods"] => ("", ""),
            ["namespaces", var inside, "pods"] => (inside, ""),
            ["namespaces", var inside, "pods", var one] => (inside, one),
            _ => (null, ""),
        };
        if (ns is null || !HttpMethods.IsGet(request.Method))
            return Statuses.NotFoundPath($"{request.Path}: of {Group} only pods are served");
        var ct = request.HttpContext.RequestAborted;
        return await AnswerAsync((await node.LookAsync(ct)).View, node, ns, name, labels, ct);
    }

    /// <param name="name">Empty for all.</param>
    /// <param name="namespace">Empty for all.</param>
    static async Task<ApiAnswer> AnswerAsync(
        ClusterView view, ClusterAccess node, string @namespace, string name, Selector labels, CancellationToken ct)
    {
        var (pods, clock) = (node.Pods, node.Clock);
        var chosen = view.Pods
            .Where(pod => (@namespace.Length == 0 || pod.Namespace == @namespace) && (name.Length == 0 || pod.Name == name)
            && (labels.IsEmpty || labels.Matches(pod.Template.Labels))).ToArray();
        var before = (Of(await pods.UsageAsync(chosen, ct)), At: clock.GetTimestamp());
        if (before.Item1.Count > 0) await Task.Delay(Window, clock, ct);
        var after = await pods.UsageAsync(chosen, ct);
        var passed = clock.GetElapsedTime(before.At);
        var items = after
            .Select(used => Metrics(used.Pod, used.Containers, before.Item1.GetValueOrDefault(used.Pod.Uid, []), passed, clock.GetUtcNow()))
            .ToArray();
        if (name.Length > 0) return items is [var only] ? new ApiAnswer(200, only) : Statuses.NotFound(PodKind.Instance, name);
        return new ApiAnswer(200, new JsonObject
        {
            ["kind"] = "PodMetricsList",
            ["apiVersion"] = $"{Group}/{Version}",
            ["metadata"] = new JsonObject(),
            ["items"] = new JsonArray([.. items]),
        });
    }

    static JsonObject Metrics(
        PodView pod, ImmutableArray<ContainerUsage> now, ImmutableArray<ContainerUsage> before, TimeSpan passed, DateTimeOffset at) => new()
    {
        ["kind"] = "PodMetrics",
        ["apiVersion"] = $"{Group}/{Version}",
        ["metadata"] = new JsonObject
        {
            ["name"] = pod.Name,
            ["namespace"] = pod.Namespace,
            ["creationTimestamp"] = ShownTime.Of(at.ToUnixTimeMilliseconds()),
            ["labels"] = new JsonObject(pod.Template.Labels.Select(label => KeyValuePair.Create(label.Key, (JsonNode?)label.Value))),
        },
        ["timestamp"] = ShownTime.Of(at.ToUnixTimeMilliseconds()),
        ["window"] = string.Create(CultureInfo.InvariantCulture, $"{passed.TotalSeconds:0.###}s"),
        ["containers"] = new JsonArray([.. now.Select(container => (JsonNode)new JsonObject
        {
            ["name"] = container.Container,
            ["usage"] = new JsonObject
            {
                ["cpu"] = $"{NanoCores(container, before, passed)}n",
                ["memory"] = $"{container.Memory.Value / 1024}Ki",
            },
        })]),
    };

    /// <summary>Of one that was not there before, or started anew since, all of its time was within the window.</summary>
    static long NanoCores(ContainerUsage now, ImmutableArray<ContainerUsage> before, TimeSpan passed)
    {
        var known = before.FirstOrDefault(container => container.Container == now.Container)?.Cpu ?? TimeSpan.Zero;
        var used = known <= now.Cpu ? now.Cpu - known : now.Cpu;
        return (long)(used / passed * 1e9);
    }

    static Dictionary<string, ImmutableArray<ContainerUsage>> Of(
        ImmutableArray<(PodView Pod, ImmutableArray<ContainerUsage> Containers)> used) =>
        used.ToDictionary(pair => pair.Pod.Uid, pair => pair.Containers, StringComparer.Ordinal);
}
