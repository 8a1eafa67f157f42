using Gossip.Core.Primitives;

namespace Gossip.Core.Tables.Topology;

/// <summary>How many pods of each tally that a pod's rules read are taken off one node, so that rules can be asked as if those had gone.</summary>
sealed class Departures
{
    readonly NodeId node;
    readonly List<(Tally Tally, string Domain, int Count)> gone = [];

    public Departures(NodeId node, PlacementRules rules, Labels labels)
    {
        this.node = node;
        foreach (var tally in rules.Affinity) Watch(tally, labels);
        foreach (var tally in rules.AntiAffinity) Watch(tally, labels);
        foreach (var tally in rules.RefusedBy) Watch(tally, labels);
        foreach (var rule in rules.Spread) Watch(rule.Tally, labels);
    }

    /// <param name="by">1 when it goes, -1 when it stays after all.</param>
    public void Count(in Tenant tenant, int by)
    {
        if (tenant.Slot is not { Rules: { } rules } slot) return;
        foreach (var place in slot.Places)
        {
            if (place.Node != node || place.Leaves != tenant.IsLeaving) continue;
            for (var i = 0; i < gone.Count; i++)
                if (gone[i].Tally.Counts(place) && rules.CountedIn.Contains(gone[i].Tally)) gone[i] = gone[i] with { Count = gone[i].Count + by };
        }
    }

    /// <summary>How many have gone from a domain.</summary>
    /// <param name="domain">Null for any.</param>
    public int Of(Tally tally, string? domain)
    {
        foreach (var each in gone)
            if (each.Tally == tally && (domain is null || string.Equals(each.Domain, domain, StringComparison.Ordinal))) return each.Count;
        return 0;
    }

    /// <summary>The domain from which they go; null when none goes.</summary>
    public string? DomainOf(Tally tally)
    {
        foreach (var each in gone)
            if (each.Tally == tally && each.Count > 0) return each.Domain;
        return null;
    }

    void Watch(Tally tally, Labels labels)
    {
        foreach (var each in gone)
            if (each.Tally == tally) return;
        if (labels[tally.TopologyKey] is { } domain) gone.Add((tally, domain, 0));
    }
}
