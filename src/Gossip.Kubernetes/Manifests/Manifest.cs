using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Gossip.Core.Turns;

namespace Gossip.Kubernetes.Manifests;

/// <summary>Where in a text, from 1. Zero when it has no place of its own.</summary>
public readonly record struct Position(int Line, int Column)
{
    public bool IsKnown => Line > 0;
}

/// <summary>One document of an input, as sent: every field, known or not, numbers as they were written.</summary>
/// <param name="Source">The file's name, or <c>stdin</c>, or <c>request body</c>.</param>
/// <param name="Document">Its number in the source, from 1.</param>
public sealed record Manifest(string Source, int Document, JsonObject Root, IReadOnlyDictionary<JsonNode, Position> Positions)
{
    public string ApiVersion => Text("apiVersion");
    public string Kind => Text("kind");
    public string Name => MetadataText("name");

    /// <summary>As written; empty when it names none.</summary>
    public string Namespace => MetadataText("namespace");

    public JsonObject? Metadata => Root["metadata"] as JsonObject;
    public JsonObject? Spec => Root["spec"] as JsonObject;

    /// <summary>The place of a node, or of the nearest one above that has a place.</summary>
    public Position Where(JsonNode? node)
    {
        for (; node is not null; node = node.Parent)
            if (Positions.TryGetValue(node, out var at)) return at;
        return default;
    }

    string Text(string field) => Root[field].AsText();
    string MetadataText(string field) => Metadata?[field].AsText() ?? "";
}

/// <summary>What was read: the documents in order, and what is wrong with them. Nothing is to be applied while there are faults.</summary>
/// <param name="Warnings">Worth saying, and no reason to refuse.</param>
public sealed record ManifestSet(
    ImmutableArray<Manifest> Manifests, ImmutableArray<ManifestFault> Faults, ImmutableArray<ManifestFault> Warnings)
{
    public static readonly ManifestSet Empty = new([], [], []);

    public ManifestSet With(ManifestSet other) =>
        new(Manifests.AddRange(other.Manifests), Faults.AddRange(other.Faults), Warnings.AddRange(other.Warnings));
}

public enum FaultReason : byte { Malformed, UnknownKind, Missing, Invalid, Unsupported, UnknownField, Duplicate, TooLarge, Forbidden }

/// <summary>What is wrong with an input: where, which field, and what to do about it.</summary>
/// <param name="About">Kind and name of the document's object, as far as they could be read.</param>
/// <param name="Field">A path such as <c>spec.template.spec.containers[0].image</c>; empty when it is not one field.</param>
public sealed record ManifestFault(
    string Source, int Document, Position At, string About, string Field, FaultReason Reason, string Message)
{
    public override string ToString()
    {
        var place = At.IsKnown ? $"{Source}:{At.Line}:{At.Column}" : Source;
        var document = About.Length == 0 ? $"document {Document}" : $"document {Document} ({About})";
        return Field.Length == 0 ? $"{place}: {document}: {Message}" : $"{place}: {document}: {Field}: {Message}";
    }
}

static class JsonText
{
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
