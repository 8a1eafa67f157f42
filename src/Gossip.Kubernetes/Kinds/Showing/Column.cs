using System.Text.Json.Nodes;
using Gossip.Core.Primitives;
using Gossip.Kubernetes.Manifests;

namespace Gossip.Kubernetes.Kinds.Showing;

/// <summary>One thing to show, rendered only if it is chosen.</summary>
readonly record struct Entry(ObjectName Name, Func<JsonObject> Render)
{
    /// <summary>As long as this is the same, so is what is rendered; null when that is not known beforehand.</summary>
    public ulong? Stamp { get; init; }
}

/// <summary>A column of kubectl's table.</summary>
/// <param name="Cell">From the rendered object; the time is for ages.</param>
/// <param name="Wide">Shown by <c>-o wide</c> only.</param>
sealed record Column(
    string Name, Func<JsonObject, DateTimeOffset, JsonNode?> Cell, bool Wide = false, string Type = "string", string Format = "")
{
    public static readonly Column OfName = new("Name", (shown, _) => shown.Below("metadata", "name").AsText(), Format: "name");
    public static readonly Column OfAge = new("Age", (shown, now) => Ages.Since(shown.Below("metadata", "creationTimestamp"), now));
}

/// <summary>A field that <c>--field-selector</c> may ask for.</summary>
/// <param name="Name">As it is asked for.</param>
/// <param name="At">Where it is in the shown object, when that is elsewhere.</param>
/// <param name="Default">What it is where it is absent.</param>
sealed record SelectableField(string Name, string? At = null, string Default = "")
{
    public static implicit operator SelectableField(string name) => new(name);
}

/// <summary>What the cells of tables are made of.</summary>
static class Cells
{
    public static long Number(JsonNode? node) => node.AsInteger() ?? 0;

    public static string OrNone(string text) => text.Length == 0 ? "<none>" : text;

    /// <summary>A map of labels as kubectl prints it.</summary>
    public static string Pairs(JsonNode? map) => OrNone(string.Join(",", map.AsTexts().Select(pair => $"{pair.Key}={pair.Value}")));

    public static int Count(JsonNode? map) => (map as JsonObject)?.Count ?? 0;
}
