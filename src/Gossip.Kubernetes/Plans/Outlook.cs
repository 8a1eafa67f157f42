using System.Globalization;
using System.Text.Json.Nodes;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;
using Gossip.Core.View;
using Gossip.Kubernetes.Manifests;

namespace Gossip.Kubernetes.Plans;

/// <summary>What would become of an object: how many pods of what size, and what would keep them from running.</summary>
static class Outlook
{
    public static IEnumerable<string> Of(Manifest manifest, ClusterView? view, IEnumerable<Manifest> all)
    {
        if (manifest.Spec is not { } spec) return [];
        return ApiKind.Of(manifest.Kind) switch
        {
            { IsWorkload: true } => OfPods((int)(spec["replicas"].AsInteger() ?? 1), spec["template"]?["spec"] as JsonObject, view, all),
            { Kind: ApiKind.Pod } => OfPods(1, spec, view, all),
            { Kind: ApiKind.Service } => OfService(spec, view, all),
            _ => [],
        };
    }

    static IEnumerable<string> OfPods(int count, JsonObject? pod, ClusterView? view, IEnumerable<Manifest> all)
    {
        if (pod?["containers"] is not JsonArray containers) yield break;
        var sizes = containers.Select(container => Requests(container as JsonObject)).ToArray();
        var cpu = sizes.Aggregate(0L, (sum, size) => sum + size.Cpu);
        var memory = sizes.Aggregate(0L, (sum, size) => sum + size.Memory);
        yield return string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? "pod" : "pods")} x ({Size(cpu, memory)})");
        if (count == 0) yield break;

        var runtime = pod["runtimeClassName"].AsText() is { Length: > 0 } named ? named : RuntimeNames.Containers;
        if (runtime == RuntimeNames.InProcess) runtime = $"{runtime}/{(containers[0] as JsonObject)?["image"].AsText()}";
        if (view is null)
        {
            yield return $"needs runtime '{runtime}' (no node was asked)";
            yield break;
        }
        var nodes = view.Nodes.Where(node => node.Member.IsLive).ToArray();
        if (nodes.Length == 0) yield return "no node is live: pods will be pending";
        if (Narrow(ref nodes, node => node.Member.Card.Runtimes.Contains(runtime)) is false)
            yield return $"needs runtime '{runtime}', which no node has: pods will be pending";
        var selector = Labels.Of(pod["nodeSelector"].AsTexts());
        if (selector.Count > 0 && Narrow(ref nodes, node => node.Labels.Contains(selector)) is false)
            yield return $"needs a node with {selector}, and none that could run it has that: pods will be pending";
        if (pod["nodeName"].AsText() is { Length: > 0 } name && Narrow(ref nodes, node => node.Member.Name == name) is false)
            yield return $"needs the node '{name}', which could not run it: pods will be pending";
        if (Narrow(ref nodes, node => cpu <= node.Member.Card.Allocatable.Cpu.Value && memory <= node.Member.Card.Allocatable.Memory.Value) is false)
            yield return $"no node that could run it is as big as that: pods will be pending";
        if (pod["priorityClassName"].AsText() is { Length: > 0 } priority && !HasClass(priority, view) && !all.Any(other => other.Kind == ApiKind.PriorityClass && other.Name == priority))
            yield return $"names the PriorityClass '{priority}', which is not there yet: pods will be pending until it is";
        if (Narrow(ref nodes, node => !node.Unschedulable) is false)
            yield return "every node that could run it is cordoned: pods will be pending";
    }

    static bool HasClass(string name, ClusterView view) =>
        PriorityClass.BuiltIn(name) is not null || view.Objects.Any(held => held.Name == new ObjectName(ApiKind.PriorityClass, "", name) && !held.Deleting);

    /// <summary>Keeps the nodes that pass; false when that leaves none of some. Once none are left nothing more is said.</summary>
    static bool? Narrow(ref NodeView[] nodes, Predicate<NodeView> passes)
    {
        if (nodes.Length == 0) return null;
        nodes = Array.FindAll(nodes, passes);
        return nodes.Length > 0;
    }

    static IEnumerable<string> OfService(JsonObject spec, ClusterView? view, IEnumerable<Manifest> all)
    {
        var selector = Labels.Of(spec["selector"].AsTexts());
        if (selector.Count == 0) yield break;
        var pods = view?.Pods.Count(pod => pod.Template.Labels.Contains(selector)) ?? 0;
        var coming = all.Where(other => other.Spec?["template"]?["metadata"]?["labels"] is { } labels && Labels.Of(labels.AsTexts()).Contains(selector))
            .Select(other => $"{other.Kind} {other.Name}").ToArray();
        var sources = coming.Length > 0 ? $", those of {string.Join(", ", coming)}" : pods > 0 ? $", {pods} now" : ": none yet";
        yield return $"stands for the pods with {selector}{sources}";
    }

    /// <summary>What placement counts: requests, or limits where only limits are given.</summary>
    static (long Cpu, long Memory) Requests(JsonObject? container)
    {
        var (requests, limits) = (container?["resources"]?["requests"], container?["resources"]?["limits"]);
        return (ResourceRules.Milli(requests?["cpu"] ?? limits?["cpu"]) ?? 0, ResourceRules.Whole(requests?["memory"] ?? limits?["memory"]) ?? 0);
    }

    static string Size(long milliCpu, long memory)
    {
        var cpu = milliCpu == 0 ? "no cpu asked" : milliCpu % 1000 == 0 ? $"{milliCpu / 1000} cpu" : $"{milliCpu}m cpu";
        return memory == 0 ? cpu : $"{cpu}, {Amount(memory)}";
    }

    /// <summary>Bytes as people write them: in the greatest unit that leaves a whole number.</summary>
    internal static string Amount(long bytes)
    {
        foreach (var (unit, shift) in ((string, int)[])[("Ti", 40), ("Gi", 30), ("Mi", 20), ("Ki", 10)])
            if (bytes != 0 && bytes % (1L << shift) == 0) return $"{bytes >> shift}{unit}";
        return bytes.ToString(CultureInfo.InvariantCulture);
    }
}
