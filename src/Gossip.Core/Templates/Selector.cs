using System.Collections.Immutable;
using System.Text.Json;
using Gossip.Core.Primitives;

namespace Gossip.Core.Templates;

/// <summary>How a term reads a label.</summary>
public enum SelectorOperator : byte
{
    /// <summary>The value is one of these.</summary>
    In,

    /// <summary>The value is none of these, or there is none.</summary>
    NotIn,

    /// <summary>The label exists.</summary>
    Exists,

    /// <summary>The label does not exist.</summary>
    DoesNotExist,
}

/// <summary>One of a selector's <c>matchExpressions</c>.</summary>
public readonly record struct SelectorTerm(string Key, SelectorOperator Operator, ImmutableArray<string> Values)
{
    /// <summary>Whether the labels meet this term.</summary>
    public bool Matches(Labels labels)
    {
        var value = labels[Key];
        return Operator switch
        {
            SelectorOperator.In => value is not null && Values.Contains(value, StringComparer.Ordinal),
            SelectorOperator.NotIn => value is null || !Values.Contains(value, StringComparer.Ordinal),
            SelectorOperator.Exists => value is not null,
            _ => value is null,
        };
    }

    /// <inheritdoc/>
    public override string ToString() => Operator switch
    {
        SelectorOperator.In => $"{Key} in ({string.Join(',', Values)})",
        SelectorOperator.NotIn => $"{Key} notin ({string.Join(',', Values)})",
        SelectorOperator.Exists => Key,
        _ => $"!{Key}",
    };
}

/// <summary>Which labels an object speaks of. Matches what has every pair and fulfils every term; an empty one matches all.</summary>
public sealed record Selector(Labels Pairs, ImmutableArray<SelectorTerm> Terms)
{
    const string NoSelector = "is not a selector: neither {matchLabels, matchExpressions} nor a map of labels";

    /// <summary>Whether it has no term: then it matches every label.</summary>
    public bool IsEmpty => Pairs.Count == 0 && Terms.IsEmpty;

    /// <summary>Whether the labels meet every pair and term.</summary>
    public bool Matches(Labels labels)
    {
        if (!labels.Contains(Pairs)) return false;
        foreach (var term in Terms)
            if (!term.Matches(labels)) return false;
        return true;
    }

    /// <summary>As kubectl writes it: <c>app=web,tier in (a,b)</c>.</summary>
    public override string ToString() => string.Join(',', Pairs.Select(pair => $"{pair.Key}={pair.Value}").Concat(Terms.Select(term => term.ToString())));

    /// <summary>
    /// Reads <c>{matchLabels, matchExpressions}</c>, or the plain map of a ReplicationController or Service.
    /// Null, with the problem, for what is neither.
    /// </summary>
    public static Selector? TryRead(ReadOnlyMemory<byte> json, out string problem)
    {
        problem = NoSelector;
        try
        {
            using var document = JsonDocument.Parse(json);
            return TryRead(document.RootElement, out problem);
        }
        catch (Exception broken) when (JsonTexts.IsBroken(broken))
        {
            return null;
        }
    }

    internal static Selector? TryRead(JsonElement root, out string problem)
    {
        problem = NoSelector;
        if (root.ValueKind != JsonValueKind.Object) return null;
        var hasLabels = root.TryGetProperty("matchLabels", out var pairs) && pairs.ValueKind == JsonValueKind.Object;
        var hasTerms = root.TryGetProperty("matchExpressions", out var terms) && terms.ValueKind == JsonValueKind.Array;
        if (!hasLabels && !hasTerms) return JsonTexts.TryReadLabels(root) is { } plain ? Done(new Selector(plain, []), out problem) : null;
        var labels = hasLabels ? JsonTexts.TryReadLabels(pairs) : Labels.Empty;
        if (labels is null) return null;
        var read = ImmutableArray.CreateBuilder<SelectorTerm>();
        if (hasTerms)
            foreach (var item in terms.EnumerateArray())
            {
                if (TryReadTerm(item) is not { } term)
                {
                    problem = "has a matchExpression that is not {key, operator: In, NotIn, Exists or DoesNotExist, values}";
                    return null;
                }
                read.Add(term);
            }
        return Done(new Selector(labels, read.DrainToImmutable()), out problem);
    }

    static Selector Done(Selector selector, out string problem)
    {
        problem = "";
        return selector;
    }

    static SelectorTerm? TryReadTerm(JsonElement item)
    {
        if (JsonTexts.Text(item, "key") is not { Length: > 0 } key) return null;
        SelectorOperator? named = JsonTexts.Text(item, "operator") switch
        {
            "In" => SelectorOperator.In,
            "NotIn" => SelectorOperator.NotIn,
            "Exists" => SelectorOperator.Exists,
            "DoesNotExist" => SelectorOperator.DoesNotExist,
            _ => null,
        };
        if (named is not { } known) return null;
        var values = JsonTexts.Texts(item, "values");
        var needsValues = known is SelectorOperator.In or SelectorOperator.NotIn;
        return needsValues == !values.IsEmpty ? new SelectorTerm(key, known, values) : null;
    }
}
