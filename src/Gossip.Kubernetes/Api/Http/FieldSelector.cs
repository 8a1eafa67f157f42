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

    /// <param name="At">Its place in <see cref="FieldsOf"/>.</param>
    sealed record Term(int At, string Value, bool Equal);

    public bool IsEmpty => terms.Count == 0;

    /// <summary>What a kind's objects are selected by.</summary>
    public static IReadOnlyList<SelectableField> FieldsOf(ServedKind kind) => [.. OfEvery, .. kind.SelectableFields];

    /// <summary>What an object has in those fields.</summary>
    public static string[] ValuesOf(ServedKind kind, JsonObject shown) =>
        [.. FieldsOf(kind).Select(field => Text(shown.Below((field.At ?? field.Name).Split('.')), field.Default))];

    static string Text(JsonNode? node, string missing) => node?.GetValueKind() switch
    {
        null => missing,
        JsonValueKind.String => node.GetValue<string>(),
        _ => node.ToJsonString(),
    };

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
            var fields = FieldsOf(kind);
            var place = 0;
            while (place < fields.Count && fields[place].Name != name) place++;
            if (place == fields.Count)
            {
                problem = $"field label not supported: {name}";
                return null;
            }
            terms.Add(new Term(place, part[(at + sign.Length)..], sign != "!="));
        }
        return new FieldSelector(terms);
    }

    /// <param name="values">As <see cref="ValuesOf"/> made them.</param>
    public bool Matches(IReadOnlyList<string> values)
    {
        foreach (var term in terms)
            if (string.Equals(values[term.At], term.Value, StringComparison.Ordinal) != term.Equal) return false;
        return true;
    }
}
