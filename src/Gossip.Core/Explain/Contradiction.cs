using System.Globalization;
using Gossip.Core.Templates;

namespace Gossip.Core.Explain;

/// <summary>
/// Finds out whether a pod's own terms exclude each other, so that no node of any cluster could ever take it: each label
/// is looked at alone, and what the terms leave of its values must not be empty. It claims only what the terms prove.
/// </summary>
static class Contradiction
{
    /// <summary>One demand on a label's value, with the words of whoever wrote it.</summary>
    readonly record struct Demand(string Key, NodeRequirement Says, string Words);

    /// <summary>In words; null when some node could fulfil all.</summary>
    public static string? Of(PodTemplate pod)
    {
        if (OfNodes(pod) is { } nodes) return $"no node can ever fulfil {nodes}";
        foreach (var wanted in pod.PodAffinity.Required)
            foreach (var shunned in pod.PodAffinity.RequiredAnti)
                if (wanted.TopologyKey == shunned.TopologyKey && IsSame(wanted.Pods, shunned.Pods) && wanted.Pods.Selector?.Matches(pod.Labels) == false)
                    return $"podAffinity wants pods {wanted.Pods} and podAntiAffinity refuses them in the same {wanted.TopologyKey}: both can never hold";
        return null;
    }

    static bool IsSame(PodSet a, PodSet b) =>
        a.AllNamespaces == b.AllNamespaces && a.Namespaces.AsSpan().SequenceEqual(b.Namespaces.AsSpan()) && a.ToString() == b.ToString() && a.NamespaceSelector?.ToString() == b.NamespaceSelector?.ToString();

    static string? OfNodes(PodTemplate pod)
    {
        var always = pod.NodeSelector.Select(pair => new Demand(pair.Key, new NodeRequirement(pair.Key, NodeOperator.In, [pair.Value]), $"nodeSelector {pair.Key}={pair.Value}")).ToList();
        if (pod.NodeName.Length > 0) always.Add(new Demand("", new NodeRequirement("metadata.name", NodeOperator.In, [pod.NodeName]), $"nodeName {pod.NodeName}"));
        if (pod.NodeAffinity.Required.IsDefault) return null; // every key is there once
        string? first = null;
        foreach (var term in pod.NodeAffinity.Required)
        {
            Demand[] demands =
            [
                .. always, .. term.Labels.Select(says => new Demand(says.Key, says, $"node affinity {says}")),
                .. term.Names.Select(says => new Demand("", says, $"node affinity {says}")),
            ];
            var clash = term.Labels.IsEmpty && term.Names.IsEmpty ? "a node affinity term without requirements" : Clash(demands);
            if (clash is null) return null; // the terms are alternatives
            first ??= clash;
        }
        var others = pod.NodeAffinity.Required.Length - 1;
        return first is null ? "a required node affinity without terms" : others <= 0 ? first
            : string.Create(CultureInfo.InvariantCulture, $"{first} together; nor can the other {others} terms be fulfilled");
    }

    /// <summary>Two demands where two are enough, as they mostly are; else all on one label.</summary>
    static string? Clash(Demand[] demands)
    {
        foreach (var ofKey in demands.GroupBy(demand => demand.Key, StringComparer.Ordinal))
        {
            var all = ofKey.ToArray();
            if (!IsEmpty(all)) continue;
            for (var i = 0; i < all.Length; i++)
                for (var j = i; j < all.Length; j++)
                    if (IsEmpty([all[i], all[j]])) return i == j ? all[i].Words : $"{all[i].Words} and {all[j].Words}";
            return string.Join(" and ", all.Select(demand => demand.Words));
        }
        return null;
    }

    /// <summary>Whether no value, nor its absence, fulfils all.</summary>
    static bool IsEmpty(ReadOnlySpan<Demand> demands)
    {
        HashSet<string>? candidates = null;
        var (low, high, ordered, absent) = (long.MinValue, long.MaxValue, false, true);
        foreach (var demand in demands)
        {
            var says = demand.Says;
            absent &= says.Matches(null);
            if (says.Operator == NodeOperator.In)
            {
                if (candidates is null) candidates = new(says.Values, StringComparer.Ordinal);
                else candidates.IntersectWith(says.Values);
            }
            if (says.Operator is not (NodeOperator.Gt or NodeOperator.Lt)) continue;
            if (!long.TryParse(says.Values[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var bound)) return true;
            ordered = true;
            if (says.Operator == NodeOperator.Gt) low = Math.Max(low, bound);
            else high = Math.Min(high, bound);
        }
        if (absent) return false;
        if (candidates is not null)
        {
            foreach (var candidate in candidates)
                if (AllMatch(demands, candidate)) return false;
            return true;
        }
        foreach (var demand in demands)
            if (demand.Says.Operator == NodeOperator.DoesNotExist) return true; // some other wants a value
        return ordered && (low >= high || high - 1 <= low); // NotIn leaves some value: 2 may also be written 02
    }

    static bool AllMatch(ReadOnlySpan<Demand> demands, string value)
    {
        foreach (var demand in demands)
            if (!demand.Says.Matches(value)) return false;
        return true;
    }
}
