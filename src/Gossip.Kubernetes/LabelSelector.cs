using System.Text.Json.Nodes;
using Gossip.Core.Model;
using Gossip.Kubernetes.Manifests;

namespace Gossip.Kubernetes;

public enum LabelOperator : byte { In, NotIn, Exists, DoesNotExist }

/// <summary>One demand on a label. An absent label satisfies NotIn and DoesNotExist.</summary>
public sealed record LabelRequirement(string Key, LabelOperator Operator, IReadOnlyList<string> Values)
{
    public bool Matches(Labels labels)
    {
        var value = labels[Key];
        return Operator switch
        {
            LabelOperator.In => value is not null && Values.Contains(value, StringComparer.Ordinal),
            LabelOperator.NotIn => value is null || !Values.Contains(value, StringComparer.Ordinal),
            LabelOperator.Exists => value is not null,
            _ => value is null,
        };
    }

    public override string ToString() => Operator switch
    {
        LabelOperator.In => Values.Count == 1 ? $"{Key}={Values[0]}" : $"{Key} in ({string.Join(",", Values)})",
        LabelOperator.NotIn => Values.Count == 1 ? $"{Key}!={Values[0]}" : $"{Key} notin ({string.Join(",", Values)})",
        LabelOperator.Exists => Key,
        _ => $"!{Key}",
    };
}

/// <summary>Which labels are meant: every requirement holds. As <c>kubectl -l</c> writes it, and as manifests do.</summary>
public sealed record LabelSelector(IReadOnlyList<LabelRequirement> Requirements)
{
    public static readonly LabelSelector Everything = new([]);

    public bool IsEmpty => Requirements.Count == 0;
    public bool Matches(Labels labels) => Requirements.All(requirement => requirement.Matches(labels));
    public override string ToString() => string.Join(",", Requirements);

    /// <summary>Of a manifest: a plain map (ReplicationController, Service), or matchLabels and matchExpressions.</summary>
    /// <param name="field">What is to blame, below the selector.</param>
    public static bool TryRead(JsonObject selector, bool plain, out LabelSelector parsed, out string field, out string problem)
    {
        (parsed, field, problem) = (Everything, "", "");
        var requirements = new List<LabelRequirement>();
        foreach (var (key, value) in (plain ? selector : selector["matchLabels"]).AsTexts())
            requirements.Add(new LabelRequirement(key, LabelOperator.In, [value]));
        var expressions = plain ? null : selector["matchExpressions"] as JsonArray;
        for (var i = 0; i < (expressions?.Count ?? 0); i++)
        {
            if (expressions![i] is not JsonObject expression) continue;
            field = $"matchExpressions[{i}]";
            var values = (expression["values"] as JsonArray ?? []).Select(value => value.AsText()).ToArray();
            if (!Enum.TryParse<LabelOperator>(expression["operator"].AsText(), out var @operator))
                problem = "needs an operator: In, NotIn, Exists or DoesNotExist";
            else if (expression["key"].AsText().Length == 0) problem = "needs a key";
            else if (@operator <= LabelOperator.NotIn != values.Length > 0)
                problem = @operator <= LabelOperator.NotIn ? $"needs values for {@operator}" : $"takes no values for {@operator}";
            if (problem.Length > 0) return false;
            requirements.Add(new LabelRequirement(expression["key"].AsText(), @operator, values));
        }
        field = "";
        parsed = new LabelSelector(requirements);
        return true;
    }

    /// <summary><c>a=b, c!=d, e in (f,g), h notin (i), j, !k</c>; null with a problem when it is not that.</summary>
    public static LabelSelector? Parse(string text, out string problem)
    {
        problem = "";
        var requirements = new List<LabelRequirement>();
        foreach (var part in Parts(text))
        {
            if (part.Length == 0 && requirements.Count == 0 && string.IsNullOrWhiteSpace(text)) return Everything;
            if (ParseOne(part) is not { } requirement || Names.Key(requirement.Key) is not null || requirement.Values.Any(value => Names.Value(value) is not null))
            {
                problem = $"unable to parse requirement: '{part}' is none of key=value, key!=value, key in (a,b), key notin (a,b), key, !key";
                return null;
            }
            requirements.Add(requirement);
        }
        return new LabelSelector(requirements);
    }

    static LabelRequirement? ParseOne(string part)
    {
        if (part is ['!', .. var absent]) return new LabelRequirement(absent.Trim(), LabelOperator.DoesNotExist, []);
        if (part is [.., ')'])
        {
            var open = part.IndexOf('(', StringComparison.Ordinal);
            if (open < 0) return null;
            var values = part[(open + 1)..^1].Split(',', StringSplitOptions.TrimEntries);
            return part[..open].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) switch
            {
                [var key, "in"] => new LabelRequirement(key, LabelOperator.In, values),
                [var key, "notin"] => new LabelRequirement(key, LabelOperator.NotIn, values),
                _ => null,
            };
        }
        foreach (var (sign, @operator) in ((string, LabelOperator)[])[("!=", LabelOperator.NotIn), ("==", LabelOperator.In), ("=", LabelOperator.In)])
            if (part.IndexOf(sign, StringComparison.Ordinal) is >= 0 and var at)
                return new LabelRequirement(part[..at].Trim(), @operator, [part[(at + sign.Length)..].Trim()]);
        return new LabelRequirement(part, LabelOperator.Exists, []);
    }

    /// <summary>Split at commas outside parentheses.</summary>
    static IEnumerable<string> Parts(string text)
    {
        int depth = 0, start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '(') depth++;
            else if (text[i] == ')') depth--;
            else if (text[i] == ',' && depth == 0)
            {
                yield return text[start..i].Trim();
                start = i + 1;
            }
        }
        yield return text[start..].Trim();
    }
}
