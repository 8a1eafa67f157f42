using System.Globalization;
using System.Text.Json.Nodes;

namespace Gossip.Kubernetes.Patching;

/// <summary>RFC 6901, as JSON patches use it: finds, puts and takes out what a pointer names.</summary>
static class JsonPointer
{
    public static string[] Read(string text)
    {
        if (text.Length == 0) return [];
        if (text[0] != '/') throw new BadPatch($"the path \"{text}\" does not begin with a slash", isMalformed: true);
        return [.. text[1..].Split('/').Select(step =>
            step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))];
    }

    /// <exception cref="BadPatch">Nothing is there.</exception>
    public static JsonNode? Find(JsonNode? root, ReadOnlySpan<string> steps)
    {
        var node = root;
        foreach (var step in steps)
            node = node switch
            {
                JsonObject fields when fields.TryGetPropertyValue(step, out var value) => value,
                JsonArray items => items[Index(items, step, items.Count - 1)],
                _ => throw Missing(step),
            };
        return node;
    }

    /// <summary>Sets a field, or inserts into a list; <c>-</c> is its end.</summary>
    public static void Add(JsonNode root, ReadOnlySpan<string> steps, JsonNode? value)
    {
        var last = steps[^1];
        switch (Find(root, steps[..^1]))
        {
            case JsonObject fields: fields[last] = value; break;
            case JsonArray items: items.Insert(last == "-" ? items.Count : Index(items, last, items.Count), value); break;
            default: throw Missing(last);
        }
    }

    /// <exception cref="BadPatch">Nothing is there.</exception>
    public static JsonNode? Remove(JsonNode root, ReadOnlySpan<string> steps)
    {
        var (last, value) = (steps[^1], Find(root, steps));
        switch (Find(root, steps[..^1]))
        {
            case JsonObject fields: fields.Remove(last); break;
            case JsonArray items: items.RemoveAt(Index(items, last, items.Count - 1)); break;
        }
        return value;
    }

    static int Index(JsonArray items, string step, int most)
    {
        var isNumber = int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            && (step.Length == 1 || step[0] != '0');
        if (!isNumber || index > most) throw new BadPatch($"\"{step}\" is no place in a list of {items.Count} items", isMalformed: false);
        return index;
    }

    static BadPatch Missing(string step) => new($"there is no \"{step}\" where the path asks for it", isMalformed: false);
}
