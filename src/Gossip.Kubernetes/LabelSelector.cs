using Gossip.Core.Primitives;
using Gossip.Core.Templates;

namespace Gossip.Kubernetes;

/// <summary>Label selectors as <c>kubectl -l</c> writes them.</summary>
static class LabelSelector
{
    public static readonly Selector Everything = new(Labels.Empty, []);

    /// <summary><c>a=b, c!=d, e in (f,g), h notin (i), j, !k</c>; null with a problem when it is not that.</summary>
    public static Selector? Parse(string text, out string problem)
    {
        problem = "";
        if (string.IsNullOrWhiteSpace(text)) return Everything;
        var terms = new List<SelectorTerm>();
        foreach (var part in Parts(text))
        {
            if (ParseOne(part) is not { } term || !IsSound(term))
            {
                problem =
                    $"unable to parse requirement: '{part}' is none of key=value, key!=value, key in (a,b), key notin (a,b), key, !key";
                return null;
            }
            terms.Add(term);
        }
        return new Selector(Labels.Empty, [.. terms]);
    }

    static bool IsSound(SelectorTerm term) => NameGrammar.IsLabelKey(term.Key) && term.Values.All(value => NameGrammar.IsLabelValue(value));

    /// <summary>As kubectl prints it.</summary>
    public static string Format(Selector selector) =>
        string.Join(",", selector.Pairs.Select(pair => $"{pair.Key}={pair.Value}").Concat(selector.Terms.Select(Format)));

    static string Format(SelectorTerm term) => term.Operator switch
    {
        SelectorOperator.In => $"{term.Key} in ({string.Join(",", term.Values)})",
        SelectorOperator.NotIn => $"{term.Key} notin ({string.Join(",", term.Values)})",
        SelectorOperator.Exists => term.Key,
        _ => $"!{term.Key}",
    };

    static readonly (string Sign, SelectorOperator Operator)[] Signs =
        [("!=", SelectorOperator.NotIn), ("==", SelectorOperator.In), ("=", SelectorOperator.In)];

    static SelectorTerm? ParseOne(string part)
    {
        if (part is ['!', .. var absent]) return new SelectorTerm(absent.Trim(), SelectorOperator.DoesNotExist, []);
        if (part is [.., ')'])
        {
            var open = part.IndexOf('(', StringComparison.Ordinal);
            if (open < 0) return null;
            var values = part[(open + 1)..^1].Split(',', StringSplitOptions.TrimEntries);
            return part[..open].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) switch
            {
                [var key, "in"] => new SelectorTerm(key, SelectorOperator.In, [.. values]),
                [var key, "notin"] => new SelectorTerm(key, SelectorOperator.NotIn, [.. values]),
                _ => null,
            };
        }
        foreach (var (sign, @operator) in Signs)
            if (part.IndexOf(sign, StringComparison.Ordinal) is >= 0 and var at)
                return new SelectorTerm(part[..at].Trim(), @operator, [part[(at + sign.Length)..].Trim()]);
        return new SelectorTerm(part, SelectorOperator.Exists, []);
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
