using System.Globalization;
using System.Text;
using Gossip.Core.Kinds;
using Gossip.Core.Requests;

namespace Gossip.Simulation.Scenarios;

/// <summary>
/// Pods with hard rules between them, and whether those hold. Each pod is a workload of its own, so that another node
/// calls each auction and none sees what the others award: at first the rules hold only by chance.
/// </summary>
internal static class Neighbours
{
    public const string Zone = "zone";
    public const int Zones = 3;
    public const string Apart = "apart-", Even = "even-";

    public static string ZoneOf(int node) => string.Create(CultureInfo.InvariantCulture, $"z{node % Zones}");

    /// <summary>As many as there are zones, of which each must have its own.</summary>
    public static IEnumerable<CreateObject> ApartPods(int nodes, int milliCpu) =>
        Enumerable.Range(0, Math.Min(nodes, Zones)).Select(i => Pod($"{Apart}{i}", "apart", milliCpu, "spec.affinity",
            """{"podAntiAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{"topologyKey":"zone","labelSelector":{"matchLabels":{"app":"apart"}}}]}}"""));

    /// <summary>Pods of which no zone may have two more than another.</summary>
    public static IEnumerable<CreateObject> EvenPods(int count, int milliCpu) =>
        Enumerable.Range(0, count).Select(i => Pod($"{Even}{i}", "even", milliCpu, "spec.topologySpreadConstraints",
            """[{"maxSkew":1,"topologyKey":"zone","whenUnsatisfiable":"DoNotSchedule","labelSelector":{"matchLabels":{"app":"even"}}}]"""));

    static CreateObject Pod(string name, string app, int milliCpu, string path, string rule)
    {
        var plain = Manifests.Pod(name, milliCpu, "");
        return plain with
        {
            Fields = [
                .. plain.Fields.Where(field => field.Path != Core.Replication.Fields.Labels),
                new ObjectField(Core.Replication.Fields.Labels, Encoding.UTF8.GetBytes($$"""{"app":"{{app}}"}""")),
                new ObjectField(path, Encoding.UTF8.GetBytes(rule))],
        };
    }

    /// <summary>A10, required anti-affinity: no zone runs two of those that must be apart.</summary>
    public static Shortcoming? ApartWhyNot(World world)
    {
        foreach (var (zone, there) in Running(world, Apart))
            if (there > 1) return new Shortcoming("A10", null, $"{zone} runs {there} pods that must be apart");
        return null;
    }

    /// <summary>A10, hard spread: only of clusters of which no zone was ever lost, since what is placed is not moved when one returns.</summary>
    public static Shortcoming? EvenWhyNot(World world)
    {
        var counts = Running(world, Even).Values;
        return counts.Count == 0 || counts.Max() - counts.Min() <= 1 ? null
            : new Shortcoming("A10", null, $"zones run {string.Join(", ", Running(world, Even).Select(zone => $"{zone.Key} {zone.Value}"))} of the pods to be spread");
    }

    /// <summary>From what runtimes run on machines that are up, not from what any table says; by zone.</summary>
    static SortedDictionary<string, int> Running(World world, string prefix)
    {
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        if (ClusterState.Someone(world) is not { } observer) return counts;
        foreach (var node in world.Nodes)
        {
            if (!node.IsUp) continue;
            var zone = node.Config.Card.Labels[Zone]!;
            var there = counts.GetValueOrDefault(zone);
            foreach (var (run, pod) in node.Runtime.Pods)
                if (pod.Runs && observer.Machine!.Slots.Find(run.Pod) is { } slot && slot.Name.StartsWith(prefix, StringComparison.Ordinal)) there++;
            counts[zone] = there;
        }
        return counts;
    }
}
