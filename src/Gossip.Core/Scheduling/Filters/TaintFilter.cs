using Gossip.Core.Model;

namespace Gossip.Core.Scheduling.Filters;

/// <summary>Every hard taint of the node must be tolerated.</summary>
public sealed class TaintFilter : IFilter
{
    public string Name => "Taint";

    public FilterVerdict Check(PodTemplate pod, in NodeFacts node)
    {
        if (node.Taints.IsDefaultOrEmpty) return FilterVerdict.Yes;
        foreach (var taint in node.Taints)
            if (taint.Effect != TaintEffect.PreferNoSchedule && !Tolerates(pod, taint))
                return FilterVerdict.No($"taint {taint} is not tolerated", $"refuse taint {taint}");
        return FilterVerdict.Yes;
    }

    /// <summary>For no time at all is not to tolerate it: the node would evict the pod as soon as it has it.</summary>
    internal static bool Tolerates(PodTemplate pod, in Taint taint) => pod.ToleratedFor(taint) > TimeSpan.Zero;
}
