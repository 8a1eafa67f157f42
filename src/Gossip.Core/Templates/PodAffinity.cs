using System.Collections.Immutable;
using Gossip.Core.Primitives;

namespace Gossip.Core.Templates;

/// <summary>Which pods a rule of placement speaks of.</summary>
/// <param name="Selector">Null, as in Kubernetes, matches no pod at all; an empty one matches all.</param>
/// <param name="Namespaces">Empty, and no <see cref="NamespaceSelector"/>: the namespace of the pod that has the rule.</param>
public sealed record PodSet(Selector? Selector, ImmutableArray<string> Namespaces, bool AllNamespaces)
{
    /// <summary>Namespaces by their labels, beside those that are named; null: only those.</summary>
    public Selector? NamespaceSelector { get; init; }

    /// <param name="own">Of the pod that has the rule.</param>
    /// <param name="labelsOf">Of a namespace.</param>
    public bool Matches(Labels labels, string @namespace, string own, Func<string, Labels> labelsOf) =>
        Selector is not null && Selector.Matches(labels) && IsIn(@namespace, own, labelsOf);

    bool IsIn(string @namespace, string own, Func<string, Labels> labelsOf)
    {
        if (AllNamespaces || Namespaces.Contains(@namespace, StringComparer.Ordinal)) return true;
        return NamespaceSelector is null
            ? Namespaces.IsEmpty && string.Equals(@namespace, own, StringComparison.Ordinal)
            : NamespaceSelector.Matches(labelsOf(@namespace));
    }

    /// <inheritdoc/>
    public override string ToString() => Selector is null ? "of no labels" : Selector.IsEmpty ? "of any labels" : Selector.ToString();
}

/// <summary>Pods, and the label of nodes within whose equal values one is together with them.</summary>
public sealed record PodTerm(PodSet Pods, string TopologyKey);

/// <param name="Weight">1 to 100.</param>
public sealed record PreferredPodTerm(int Weight, PodTerm Term);

/// <summary>Beside which pods a pod must be or would like to be, and beside which not.</summary>
public sealed record PodAffinity(
    ImmutableArray<PodTerm> Required, ImmutableArray<PreferredPodTerm> Preferred,
    ImmutableArray<PodTerm> RequiredAnti, ImmutableArray<PreferredPodTerm> PreferredAnti)
{
    /// <summary>Near to nobody, away from nobody.</summary>
    public static readonly PodAffinity None = new([], [], [], []);

    /// <summary>Whether there is no term.</summary>
    public bool IsNone => Required.IsEmpty && Preferred.IsEmpty && RequiredAnti.IsEmpty && PreferredAnti.IsEmpty;
}

/// <summary>How unevenly the pods that it speaks of may lie over the values of a label of nodes.</summary>
/// <param name="MaxSkew">How many more than the domain with the fewest a domain may have.</param>
/// <param name="IsHard"><c>DoNotSchedule</c>; otherwise a preference, <c>ScheduleAnyway</c>.</param>
/// <param name="MinDomains">With fewer domains the fewest counts as 0.</param>
/// <param name="HonorsAffinity">Only nodes that the pod's node selector and required node affinity let it on are domains.</param>
/// <param name="HonorsTaints">Only nodes whose taints the pod tolerates are.</param>
public sealed record TopologySpread(
    int MaxSkew, string TopologyKey, bool IsHard, PodSet Pods, int MinDomains, bool HonorsAffinity, bool HonorsTaints);
