using Gossip.Core.Templates;

namespace Gossip.Core.Scheduling.Filters;

/// <summary>Every hard taint of the node must be tolerated.</summary>
sealed class TaintFilter : IFilter
{
    public string Name => "Taint";

    public FilterVerdict Check(PodTemplate pod, in NodeFacts node)
    {
        if (node.Taints.IsDefaultOrEmpty) return FilterVerdict.Yes;
        foreach (var taint in node.Taints)
            if (taint.Effect != TaintEffect.PreferNoSchedule && !pod.Tolerates(taint))
                return FilterVerdict.No($"taint {taint} is not tolerated", $"refuse taint {taint}");
        return FilterVerdict.Yes;
    }
}
