using System.Collections.Immutable;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;

namespace Gossip.Core.Tables.Topology;

/// <summary>Whom a tally counts.</summary>
enum TallyOf : byte
{
    /// <summary>Pods that the term speaks of.</summary>
    Members,
    /// <summary>Pods that have the term as a required anti-affinity, which refuses those it speaks of.</summary>
    Refusers,
    /// <summary>Pods that have the term as a preference, or as a required affinity, which draws those it speaks of.</summary>
    Drawn,
}

/// <summary>
/// How many pods of a kind each domain has. Kept up to date by ones, with how many domains have how many pods beside it,
/// so that the count of a domain, the least and the greatest are there at once however many pods are placed.
/// </summary>
sealed class Tally(string identity, TallyOf of, ImmutableArray<PodSet> sets, string @namespace, Domains domains, bool countsLeaving, int weight, NamespaceBook namespaces)
{
    readonly Dictionary<string, int> pods = new(StringComparer.Ordinal); // of domains that have any
    readonly List<int> domainsWith = [0]; // by how many pods; those without any are not kept

    public string Identity => identity;
    public TallyOf Of => of;
    public Domains Domains => domains;

    /// <summary>Of <see cref="TallyOf.Drawn"/>: how much each pod counts for one that its term speaks of; below 0 it drives off.</summary>
    public int Weight => weight;
    public string TopologyKey => domains.TopologyKey;

    /// <summary>Templates whose rules read it: without any it is dropped.</summary>
    public int Users { get; set; }

    /// <summary>Moves with each change.</summary>
    public ulong Version { get; private set; }

    public int Total { get; private set; }
    public int Greatest { get; private set; }

    /// <summary>Of all domains, those without a pod too.</summary>
    public int Least => pods.Count < domains.Count ? 0 : leastOfSome;
    int leastOfSome;

    public int Count(string domain) => pods.GetValueOrDefault(domain);

    /// <summary>All its sets speak of such a pod.</summary>
    public bool SpeaksOf(PodTemplate pod, string podNamespace)
    {
        foreach (var set in sets)
            if (!set.Matches(pod.Labels, podNamespace, @namespace, namespaces.Of)) return false;
        return true;
    }

    /// <summary>Whether it makes a difference to it that a namespace has other labels.</summary>
    public bool IsMovedBy(Labels before, Labels after)
    {
        foreach (var set in sets)
            if (set.NamespaceSelector is { } selector && selector.Matches(before) != selector.Matches(after)) return true;
        return false;
    }

    public bool Counts(in Place place) => countsLeaving || !place.Leaves;

    public void Add(PlacedNode node)
    {
        Version++;
        if (domains.Of(node) is not { } domain) return;
        var count = Count(domain) + 1;
        pods[domain] = count;
        Total++;
        if (count == domainsWith.Count) domainsWith.Add(0);
        domainsWith[count]++;
        domainsWith[count - 1] -= count > 1 ? 1 : 0;
        if (count > Greatest) Greatest = count;
        if (count == 1) leastOfSome = 1;
        else if (count - 1 == leastOfSome && domainsWith[count - 1] == 0) leastOfSome = count;
    }

    public void Remove(PlacedNode node)
    {
        Version++;
        if (domains.Of(node) is not { } domain) return;
        var count = Count(domain) - 1;
        Check.That(count >= 0);
        Total--;
        domainsWith[count + 1]--;
        if (count > 0)
        {
            pods[domain] = count;
            domainsWith[count]++;
            if (count < leastOfSome) leastOfSome = count;
        }
        else
        {
            pods.Remove(domain);
            while (leastOfSome < Greatest && domainsWith[leastOfSome] == 0) leastOfSome++;
        }
        if (domainsWith[Greatest] == 0) Greatest = count; // it was the only one there, and is one lower now
    }

    /// <summary>The pods it speaks of, for people.</summary>
    public override string ToString() => words ??= string.Join(" and ", sets.Select(set => set.ToString()).Distinct(StringComparer.Ordinal));

    string? words; // every node that it keeps a pod away from says them
}
