using System.Globalization;
using System.Text.Json.Nodes;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;
using Gossip.Core.View;
using Gossip.Kubernetes.Kinds;
using Gossip.Kubernetes.Kinds.Showing;
using Gossip.Kubernetes.Manifests;

namespace Gossip.Kubernetes.Plans;

/// <summary>What would become of pods: how many of what size, and what would keep them from running.</summary>
static class PodOutlook
{
    /// <param name="pod">The pods' spec; null when there is none.</param>
    public static IEnumerable<string> Of(int count, JsonObject? pod, ClusterView? view, IEnumerable<Manifest> all)
    {
        if (pod?["containers"] is not JsonArray containers) yield break;
        var sizes = containers.Select(container => Requests(container as JsonObject)).ToArray();
        var cpu = sizes.Aggregate(0L, (sum, size) => sum + size.Cpu);
        var memory = sizes.Aggregate(0L, (sum, size) => sum + size.Memory);
        yield return string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? "pod" : "pods")} x ({Size(cpu, memory)})");
        if (count == 0) yield break;

        var runtime = pod["runtimeClassName"].AsText() is { Length: > 0 } named ? named : RuntimeNames.Containers;
        if (runtime == RuntimeNames.InProcess) runtime = $"{runtime}/{containers.FirstOrDefault().Below("image").AsText()}";
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
        bool IsBig(Resources whole) => cpu <= whole.Cpu.Value && memory <= whole.Memory.Value;
        if (Narrow(ref nodes, node => IsBig(node.Member.Card.Allocatable)) is false)
            yield return $"no node that could run it is as big as that: pods will be pending";
        if (pod["priorityClassName"].AsText() is { Length: > 0 } priority && !PriorityClassKind.IsThere(priority, view)
            && !all.Any(other => other.Kind == PriorityClassKind.Instance.Kind && other.Name == priority))
            yield return $"names the PriorityClass '{priority}', which is not there yet: pods will be pending until it is";
        if (Narrow(ref nodes, node => !node.Unschedulable) is false)
            yield return "every node that could run it is cordoned: pods will be pending";
    }

    /// <summary>Keeps the nodes that pass; false when that leaves none of some. Once none are left nothing more is said.</summary>
    static bool? Narrow(ref NodeView[] nodes, Predicate<NodeView> passes)
    {
        if (nodes.Length == 0) return null;
        nodes = Array.FindAll(nodes, passes);
        return nodes.Length > 0;
    }

    /// <summary>What placement counts: requests, or limits where only limits are given.</summary>
    static (long Cpu, long Memory) Requests(JsonObject? container)
    {
        var (requests, limits) = (container.Below("resources", "requests"), container.Below("resources", "limits"));
        var cpu = JsonQuantity.Milli(requests.Below("cpu") ?? limits.Below("cpu"));
        var memory = JsonQuantity.Whole(requests.Below("memory") ?? limits.Below("memory"));
        return (cpu ?? 0, memory ?? 0);
    }

    static string Size(long milliCpu, long memory)
    {
        var cpu = milliCpu == 0 ? "no cpu asked" : milliCpu % 1000 == 0 ? $"{milliCpu / 1000} cpu" : $"{milliCpu}m cpu";
        return memory == 0 ? cpu : $"{cpu}, {Amounts.OfBytes(memory)}";
    }
}
