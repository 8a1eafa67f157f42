using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Gossip.Core.Templates;
using ObjectField = Gossip.Core.Kinds.ObjectField;

namespace Gossip.Kubernetes.Manifests;

/// <summary>Where in a text. Zero when it has no place of its own.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
readonly record struct Position(int Line, int Column)
{
    /// <summary>Whether there is a place.</summary>
    public bool IsKnown => Line > 0;
}

/// <summary>One document of an input, as sent: every field, known or not, numbers as they were written.</summary>
/// <param name="Source">The file's name, or <c>stdin</c>, or <c>request body</c>.</param>
/// <param name="Document">Its number in the source, from 1.</param>
/// <param name="Root">The document itself.</param>
/// <param name="Positions">Where its nodes were read.</param>
sealed record Manifest(string Source, int Document, JsonObject Root, IReadOnlyDictionary<JsonNode, Position> Positions)
{
    /// <summary>As written; empty when it names none.</summary>
    public string ApiVersion => Root["apiVersion"].AsText();

    /// <summary>As written; empty when it names none.</summary>
    public string Kind => Root["kind"].AsText();

    /// <summary>As written; empty when it names none.</summary>
    public string Name => Root.Below("metadata", "name").AsText();

    /// <summary>As written; empty when it names none.</summary>
    public string Namespace => Root.Below("metadata", "namespace").AsText();

    /// <summary>Its metadata; null when that is not an object.</summary>
    public JsonObject? Metadata => Root["metadata"] as JsonObject;

    /// <summary>Its spec; null when that is not an object.</summary>
    public JsonObject? Spec => Root["spec"] as JsonObject;

    /// <summary>What the tables would hold of it; default before it was checked.</summary>
    internal ImmutableArray<ObjectField> Fields { get; init; }

    /// <summary>What its template was read as; null when it has none, or was not checked.</summary>
    internal ParsedTemplate? Template { get; init; }

    /// <summary>The place of a node, or of the nearest one above that has a place.</summary>
    public Position Where(JsonNode? node)
    {
        for (; node is not null; node = node.Parent)
            if (Positions.TryGetValue(node, out var at)) return at;
        return default;
    }
}

/// <summary>What was read. Nothing is to be applied while there are faults.</summary>
/// <param name="Manifests">The documents, in order; those with faults too.</param>
/// <param name="Faults">What is wrong with them.</param>
/// <param name="Warnings">Worth saying, and no reason to refuse.</param>
sealed record ManifestSet(
    ImmutableArray<Manifest> Manifests, ImmutableArray<ManifestFault> Faults, ImmutableArray<ManifestFault> Warnings)
{
    /// <summary>No document.</summary>
    public static readonly ManifestSet Empty = new([], [], []);

    /// <summary>These, and then those of another.</summary>
    public ManifestSet With(ManifestSet other) =>
        new(Manifests.AddRange(other.Manifests), Faults.AddRange(other.Faults), Warnings.AddRange(other.Warnings));
}

/// <summary>What kind of fault it is.</summary>
enum FaultReason : byte
{
    /// <summary>The text is neither YAML nor JSON, or no object.</summary>
    Malformed,

    /// <summary>No such kind, or not in this version, is served.</summary>
    UnknownKind,

    /// <summary>A field that must be there is not.</summary>
    Missing,

    /// <summary>A value is not what the field takes.</summary>
    Invalid,

    /// <summary>A value is none of those that are served, or has no effect.</summary>
    Unsupported,

    /// <summary>No field of that name is known; a warning.</summary>
    UnknownField,

    /// <summary>What may be there once is there twice.</summary>
    Duplicate,

    /// <summary>More than is taken.</summary>
    TooLarge,

    /// <summary>It cannot be changed.</summary>
    Forbidden,
}

/// <summary>What is wrong with an input: where, which field, and what to do about it.</summary>
/// <param name="Source">As of <see cref="Manifest.Source"/>.</param>
/// <param name="Document">As of <see cref="Manifest.Document"/>.</param>
/// <param name="At">Where in the source.</param>
/// <param name="About">Kind and name of the document's object, as far as they could be read.</param>
/// <param name="Field">A path such as <c>spec.template.spec.containers[0].image</c>; empty when it is not one field.</param>
/// <param name="Reason">What kind of fault it is.</param>
/// <param name="Message">What is wrong, and what would be right: <c>is missing: …</c>. The field is the subject.</param>
sealed record ManifestFault(
    string Source, int Document, Position At, string About, string Field, FaultReason Reason, string Message)
{
    /// <summary>
    /// Which rule is broken, such as <c>WorkloadSelector</c>; empty for what cannot be read, and for what the cluster forbids.
    /// </summary>
    public string Rule { get; init; } = "";

    /// <summary>On one line: <c>web.yaml:3:5: document 1 (Deployment web): spec.replicas: …</c>.</summary>
    public override string ToString()
    {
        var place = At.IsKnown ? $"{Source}:{At.Line}:{At.Column}" : Source;
        var document = About.Length == 0 ? $"document {Document}" : $"document {Document} ({About})";
        return Field.Length == 0 ? $"{place}: {document}: {Message}" : $"{place}: {document}: {Field}: {Message}";
    }
}
