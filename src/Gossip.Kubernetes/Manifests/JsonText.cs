using System.Text.Json.Nodes;

namespace Gossip.Kubernetes.Manifests;

/// <summary>Looks into JSON of any shape that never throw.</summary>
static class JsonText
{
    /// <summary>What is at a path below a node; null when it is not there, or something on the way is not an object.</summary>
    public static JsonNode? Below(this JsonNode? node, params ReadOnlySpan<string> steps)
    {
        foreach (var step in steps) node = (node as JsonObject)?[step];
        return node;
    }

    /// <summary>The string that a node is, or empty.</summary>
    public static string AsText(this JsonNode? node) =>
        node is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";

    /// <summary>The whole number that a node is, or null. One made in memory keeps its own type.</summary>
    public static long? AsInteger(this JsonNode? node) =>
        node is not JsonValue value ? null
        : value.TryGetValue<long>(out var number) ? number
        : value.TryGetValue<int>(out var small) ? small : null;

    /// <summary>An object's pairs of texts; anything else in it is left out.</summary>
    public static IEnumerable<KeyValuePair<string, string>> AsTexts(this JsonNode? node)
    {
        if (node is not JsonObject pairs) yield break;
        foreach (var (key, value) in pairs)
            if (value is JsonValue text && text.TryGetValue<string>(out var plain)) yield return new(key, plain);
    }
}
