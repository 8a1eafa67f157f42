using System.Collections.Immutable;
using System.Text.Json;

namespace Gossip.Core.Primitives;

/// <summary>Lenient looks into JSON that the API let through: a member of another type than looked for is not there.</summary>
static class JsonTexts
{
    /// <summary>What the reader throws for broken JSON; the last two for texts that are no Unicode.</summary>
    public static bool IsBroken(Exception thrown) => thrown is JsonException or InvalidOperationException or FormatException;

    public static JsonElement? Member(JsonElement of, string name, JsonValueKind kind) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var member) && member.ValueKind == kind ? member : null;

    public static string? Text(JsonElement of, string name) => Member(of, name, JsonValueKind.String)?.GetString();

    public static bool IsTrue(JsonElement of, string name) => Member(of, name, JsonValueKind.True) is not null;

    public static ImmutableArray<string> Texts(JsonElement of, string name) =>
        Member(of, name, JsonValueKind.Array) is { } items ? [.. items.EnumerateArray().Select(Scalar)] : [];

    public static Labels Labels(JsonElement of, string name) =>
        Member(of, name, JsonValueKind.Object) is { } map && TryReadLabels(map) is { } labels ? labels : Primitives.Labels.Empty;

    /// <summary>A map of texts; null when a value is not a text, number or truth.</summary>
    public static Labels? TryReadLabels(JsonElement map)
    {
        if (map.ValueKind != JsonValueKind.Object) return null;
        var pairs = new List<KeyValuePair<string, string>>();
        foreach (var pair in map.EnumerateObject())
        {
            if (pair.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.Null) return null;
            pairs.Add(KeyValuePair.Create(pair.Name, Scalar(pair.Value)));
        }
        return Primitives.Labels.Of(pairs);
    }

    /// <summary>A text as it is, a number or truth as it was written: manifests often forget the quotes.</summary>
    public static string Scalar(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
}
