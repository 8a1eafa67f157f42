using System.Collections.Immutable;
using System.Globalization;
using Gossip.Core.Primitives;

namespace Gossip.Core.Templates;

/// <summary>Kubernetes' operators on a node's labels. <see cref="Gt"/> and <see cref="Lt"/> compare whole numbers.</summary>
public enum NodeOperator : byte
{
    /// <summary>The value is one of these.</summary>
    In,

    /// <summary>The value is none of these, or there is none.</summary>
    NotIn,

    /// <summary>The label exists.</summary>
    Exists,

    /// <summary>The label does not exist.</summary>
    DoesNotExist,

    /// <summary>The value is a greater number.</summary>
    Gt,

    /// <summary>The value is a lesser number.</summary>
    Lt,
}

/// <summary>One requirement of a node: of a label, or of the field <c>metadata.name</c>.</summary>
public readonly record struct NodeRequirement(string Key, NodeOperator Operator, ImmutableArray<string> Values)
{
    /// <param name="value">Null when the node has no such label. A node without it fulfils NotIn and DoesNotExist only.</param>
    public bool Matches(string? value) => Operator switch
    {
        NodeOperator.In => value is not null && Values.Contains(value, StringComparer.Ordinal),
        NodeOperator.NotIn => value is null || !Values.Contains(value, StringComparer.Ordinal),
        NodeOperator.Exists => value is not null,
        NodeOperator.DoesNotExist => value is null,
        NodeOperator.Gt => Compare(value) > 0,
        _ => Compare(value) < 0,
    };

    /// <summary>Which side of the requirement's number a label is on; 0, which fulfils neither Gt nor Lt, when it is none.</summary>
    int Compare(string? value) =>
        long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
        && long.TryParse(Values[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var bound)
            ? number.CompareTo(bound)
            : 0;

    /// <inheritdoc/>
    public override string ToString() => Operator switch
    {
        NodeOperator.Exists or NodeOperator.DoesNotExist => $"{Key} {Operator}",
        _ => $"{Key} {Operator} [{string.Join(", ", Values)}]",
    };
}

/// <summary>Requirements that a node must fulfil all of. One without any matches no node, as in Kubernetes.</summary>
/// <param name="Names">Those of <c>matchFields</c>, which know <c>metadata.name</c> only.</param>
public readonly record struct NodeTerm(ImmutableArray<NodeRequirement> Labels, ImmutableArray<NodeRequirement> Names)
{
    /// <summary>Whether a node of these labels and this name meets every requirement.</summary>
    public bool Matches(Labels labels, string name)
    {
        if (Labels.IsEmpty && Names.IsEmpty) return false;
        foreach (var requirement in Labels)
            if (!requirement.Matches(labels[requirement.Key])) return false;
        foreach (var requirement in Names)
            if (!requirement.Matches(name)) return false;
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join(" and ", Labels.Concat(Names));
}

/// <param name="Weight">1 to 100.</param>
public readonly record struct PreferredNodeTerm(int Weight, NodeTerm Term);

/// <summary>Which nodes a pod must have, and which it would like.</summary>
/// <param name="Required">A node must match one of them; default when any node will do. Empty: no node matches.</param>
public sealed record NodeAffinity(ImmutableArray<NodeTerm> Required, ImmutableArray<PreferredNodeTerm> Preferred)
{
    /// <summary>Every node will do.</summary>
    public static readonly NodeAffinity None = new(default, []);

    /// <summary>Whether a node of these labels and this name may run the pod.</summary>
    public bool Admits(Labels labels, string name)
    {
        if (Required.IsDefault) return true;
        foreach (var term in Required)
            if (term.Matches(labels, name)) return true;
        return false;
    }

    /// <summary>Sum of the weights of the preferences that a node fulfils.</summary>
    public int WeightOf(Labels labels, string name)
    {
        var sum = 0;
        foreach (var preferred in Preferred)
            if (preferred.Term.Matches(labels, name)) sum += preferred.Weight;
        return sum;
    }

    /// <summary>The most that any node could weigh.</summary>
    public int Greatest
    {
        get
        {
            var sum = 0;
            foreach (var preferred in Preferred) sum += preferred.Weight;
            return sum;
        }
    }
}
