using Gossip.Core.Templates;

namespace Gossip.Core.Scheduling.Filters;

/// <summary>
/// Every required affinity of the pod must have somebody in the node's domain. The first of a group that wants its own
/// company may go anywhere, or none ever could. Pods that leave later evict nobody ("ignored during execution").
/// </summary>
sealed class PodAffinityFilter : IFilter
{
    public string Name => "PodAffinity";

    public bool Passes(PodTemplate pod, in NodeFacts node)
    {
        if (node.Around.Rules is not { Affinity.Length: > 0 } rules) return true;
        var (company, alone) = (0, 0);
        foreach (var tally in rules.Affinity)
        {
            if (node.Labels[tally.TopologyKey] is not { } domain) return false;
            company += node.Around.Total(tally);
            if (node.Around.Count(tally, domain) == 0) alone++;
        }
        return alone == 0 || company == 0 && rules.DrawsItself;
    }

    public FilterVerdict Check(PodTemplate pod, in NodeFacts node)
    {
        if (node.Around.Rules is not { Affinity.Length: > 0 } rules) return FilterVerdict.Yes;
        var (company, alone) = (0, 0);
        string? lacks = null;
        foreach (var tally in rules.Affinity)
        {
            if (node.Labels[tally.TopologyKey] is not { } domain) return Topologies.Lacks(tally.TopologyKey, $"to share with pods {tally}");
            company += node.Around.Total(tally);
            if (node.Around.Count(tally, domain) > 0) continue;
            alone++;
            lacks = tally.TopologyKey;
        }
        return alone == 0 || company == 0 && rules.DrawsItself
            ? FilterVerdict.Yes
            : FilterVerdict.No($"must share {lacks} with a pod {rules.Affinity[0]}, {node.Labels[lacks!]} has none", $"have no pod {rules.Affinity[0]}{Topologies.InTheir(lacks!)}");
    }
}
