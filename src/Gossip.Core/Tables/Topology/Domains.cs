using Gossip.Core.Templates;

namespace Gossip.Core.Tables.Topology;

/// <summary>
/// The values of one label among the live nodes that count, and how many nodes have each: what is shared by all who
/// count by that label and look at the same nodes.
/// </summary>
/// <param name="topologyKey">The label; a node without it is in no domain.</param>
/// <param name="alsoKeys">Labels that a node must have as well: of the pod's other constraints, as in Kubernetes.</param>
/// <param name="affinity">Only nodes that its selector and required affinity admit; null: all.</param>
/// <param name="taints">Only nodes whose taints it tolerates; null: all.</param>
sealed class Domains(string identity, string topologyKey, string[] alsoKeys, PodTemplate? affinity, PodTemplate? taints)
{
    readonly Dictionary<string, int> nodes = new(StringComparer.Ordinal);

    public string Identity => identity;
    public string TopologyKey => topologyKey;

    /// <summary>How many tallies count by it.</summary>
    public int Users { get; set; }

    public int Count => nodes.Count;

    /// <summary>Null for a node that does not count.</summary>
    public string? Of(PlacedNode node)
    {
        var labels = node.Settings.Labels;
        if (labels[topologyKey] is not { } domain) return null;
        foreach (var key in alsoKeys)
            if (labels[key] is null) return null;
        if (affinity is not null && !(labels.Contains(affinity.NodeSelector) && affinity.NodeAffinity.Admits(labels, node.Name))) return null;
        return taints is null || Tolerates(taints, node) ? domain : null;
    }

    public void Add(PlacedNode node)
    {
        if (Of(node) is { } domain) nodes[domain] = nodes.GetValueOrDefault(domain) + 1;
    }

    public void Remove(PlacedNode node)
    {
        if (Of(node) is not { } domain) return;
        if (nodes[domain] == 1) nodes.Remove(domain);
        else nodes[domain]--;
    }

    static bool Tolerates(PodTemplate pod, PlacedNode node)
    {
        if (node.Settings.Unschedulable && !pod.Tolerates(Taint.Cordon)) return false;
        foreach (var taint in node.Settings.Taints)
            if (taint.Effect != TaintEffect.PreferNoSchedule && !pod.Tolerates(taint)) return false;
        return true;
    }
}
