using System.Text.Json;
using System.Text.Json.Nodes;
using Gossip.Kubernetes.Kinds;
using Gossip.Kubernetes.Kinds.Showing;
using Gossip.Kubernetes.Manifests;

namespace Gossip.Kubernetes.Api.Http;

/// <summary><c>metadata.name=a,status.phase!=Running</c>, over the fields that Kubernetes selects by.</summary>
sealed class FieldSelector
{
    static readonly SelectableField[] OfEvery = ["metadata.name", "metadata.namespace"];

    public static readonly FieldSelector Everything = new([]);

    readonly IReadOnlyList<Term> terms;

    FieldSelector(IReadOnlyList<Term> terms) => this.terms = terms;

    sealed record Term(SelectableField Field, string[] Path, string Value, bool Equal)
    {
        public bool Matches(JsonObject shown) => string.Equals(Text(shown.Below(Path)), Value, StringComparison.Ordinal) == Equal;

        string Text(JsonNode? node) => node?.GetValueKind() switch
        {
            null => Field.Default,
            JsonValueKind.String => node.GetValue<string>(),
            _ => node.ToJsonString(),
        };
    }

    /// <summary>The name that all chosen have, or null: it spares rendering the rest.</summary>
    public string? Name => terms.FirstOrDefault(term => term is { Field.Name: "metadata.name", Equal: true })?.Value;

    public static FieldSelector? Parse(ServedKind kind, string text, out string problem)
    {
        problem = "";
        var terms = new List<Term>();
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var at = part.IndexOfAny(['=', '!']);
            var sign = at < 0 ? "" : part[at..] is ['!', '=', ..] ? "!=" : part[at..] is ['=', '=', ..] ? "==" : part[at] == '=' ? "=" : "";
            if (sign.Length == 0)
            {
                problem = $"invalid field selector '{part}': write field=value or field!=value";
                return null;
            }
            var name = part[..at];
            if (OfEvery.Concat(kind.SelectableFields).FirstOrDefault(known => known.Name == name) is not { } field)
            {
                problem = $"field label not supported: {name}";
                return null;
            }
            terms.Add(new Term(field, (field.At ?? name).Split('.'), part[(at + sign.Length)..], sign != "!="));
        }
        return new FieldSelector(terms);
    }

    public bool Matches(JsonObject shown)
    {
        foreach (var term in terms)
            if (!term.Matches(shown)) return false;
        return true;
    }
}
