using System.Collections.Immutable;
using Gossip.Core.Membership;
using Gossip.Core.Templates;

namespace Gossip.Core.Scheduling.Filters;

/// <summary>The node must advertise what runs the pod; for an in-process pod, the very workload that its image names.</summary>
sealed class RuntimeFilter : IFilter
{
    public string Name => "Runtime";

    public FilterVerdict Check(PodTemplate pod, in NodeFacts node)
    {
        if (!string.IsNullOrEmpty(node.LostRuntimes) && Capacity.IsAmong(node.LostRuntimes, pod.RuntimeClass))
            return FilterVerdict.No($"runtime {pod.RuntimeClass} is lost", $"have lost runtime {pod.RuntimeClass}");
        if (!Has(node.Runtimes, pod.RuntimeClass, ""))
        {
            var has = node.Runtimes.IsDefaultOrEmpty ? "none" : string.Join(", ", node.Runtimes);
            return FilterVerdict.No($"no runtime for image {ImageOf(pod)} (needs {pod.RuntimeClass}; has {has})", $"have no runtime {pod.RuntimeClass}");
        }
        return !string.Equals(pod.RuntimeClass, RuntimeNames.InProcess, StringComparison.Ordinal) || Has(node.Runtimes, RuntimeNames.InProcess, ImageOf(pod))
            ? FilterVerdict.Yes
            : FilterVerdict.No($"no in-process workload {ImageOf(pod)} in its host app", $"have no in-process workload {ImageOf(pod)} in their host app");
    }

    static string ImageOf(PodTemplate pod) => pod.Containers.IsDefaultOrEmpty ? "" : pod.Containers[0].Image;

    /// <summary>Looks for <c>name</c> or <c>name/part</c> without making a string of it.</summary>
    static bool Has(ImmutableArray<string> runtimes, string name, string part)
    {
        if (runtimes.IsDefaultOrEmpty) return false;
        foreach (var runtime in runtimes)
        {
            if (!runtime.StartsWith(name, StringComparison.Ordinal)) continue;
            var rest = runtime.AsSpan(name.Length);
            if (part.Length == 0 ? rest.IsEmpty : rest.Length == part.Length + 1 && rest[0] == '/' && rest[1..].SequenceEqual(part)) return true;
        }
        return false;
    }
}
