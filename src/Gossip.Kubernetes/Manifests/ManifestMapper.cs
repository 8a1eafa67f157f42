using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gossip.Core.Primitives;
using Gossip.Core.View;
using Gossip.Kubernetes.Kinds;
using ObjectField = Gossip.Core.Kinds.ObjectField;

namespace Gossip.Kubernetes.Manifests;

/// <summary>
/// Between a document and the cells that the tables hold: one cell for each first-level field of spec and data, one
/// for all labels, one for all annotations, one for each other field. Nothing is lost on the way, known or not;
/// what a server sets (status, uid, resourceVersion …) is no part of it.
/// </summary>
static class ManifestMapper
{
    /// <summary>Top-level objects that are split, so that two users may change two fields at once.</summary>
    static readonly string[] Split = ["spec", "data", "stringData", "binaryData", "metadata"];

    /// <summary>Metadata that the server says and no user does; the name is in the object's birth.</summary>
    internal static readonly string[] ServerSet =
    [
        "name", "namespace", "generateName", "uid", "resourceVersion", "generation", "creationTimestamp",
        "deletionTimestamp", "deletionGracePeriodSeconds", "managedFields", "selfLink",
    ];

    /// <summary>Text as people write it; the escapes of HTML are of no use here.</summary>
    internal static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Why a top-level field cannot be a cell, or null: the tables' own cells have names of the same space.</summary>
    public static string? Reserved(string field) =>
        field.Length == 0 || field is "life" || field.Contains('.', StringComparison.Ordinal)
            ? $"'{field}' cannot be a field of an object: rename it"
            : null;

    /// <summary>Whether a cell is part of the document, not of the core's own bookkeeping.</summary>
    public static bool IsUsers(string path)
    {
        var dot = path.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? Reserved(path) is null : Split.Contains(path[..dot]);
    }

    /// <summary>In ordinal order of path. Nulls mean absence and are left out.</summary>
    public static ImmutableArray<ObjectField> ToFields(JsonObject root)
    {
        var fields = new SortedDictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        foreach (var (key, value) in ServedKinds.Of(root["kind"].AsText())?.Normalize(root) ?? root)
        {
            if (value is null || key is "apiVersion" or "kind" or "status") continue;
            if (value is not JsonObject inner || !Split.Contains(key) || (inner.Count == 0 && key != "metadata"))
            {
                fields[key] = ToUtf8(value);
                continue;
            }
            foreach (var (name, field) in inner)
                if (field is not null && !(key == "metadata" && ServerSet.Contains(name))) fields[$"{key}.{name}"] = ToUtf8(field);
        }
        return [.. fields.Select(field => new ObjectField(field.Key, field.Value))];
    }

    /// <summary>
    /// The document again: apiVersion, kind, metadata (name first) and every cell. Server-set fields are the caller's to add.
    /// </summary>
    public static JsonObject ToJson(ObjectName name, string apiVersion, ImmutableArray<ObjectField> fields)
    {
        var metadata = new JsonObject { ["name"] = name.Name };
        if (name.Namespace.Length > 0) metadata["namespace"] = name.Namespace;
        var root = new JsonObject { ["apiVersion"] = apiVersion, ["kind"] = name.Kind, ["metadata"] = metadata };
        foreach (var field in fields)
        {
            if (field.Json.IsEmpty || !IsUsers(field.Path)) continue;
            var value = JsonNode.Parse(field.Json.Span);
            var dot = field.Path.IndexOf('.', StringComparison.Ordinal);
            if (dot < 0)
            {
                root[field.Path] = value;
                continue;
            }
            var part = field.Path[..dot];
            if (root[part] is not JsonObject inner) root[part] = inner = [];
            inner[field.Path[(dot + 1)..]] = value;
        }
        return root;
    }

    public static JsonObject ToJson(ObjectView view) => ToJson(view.Name, view.ApiVersion, view.Fields);

    /// <summary>True when both are the same fields with the same JSON, however it is spaced.</summary>
    public static bool Same(ImmutableArray<ObjectField> a, ImmutableArray<ObjectField> b) =>
        a.Length == b.Length
        && a.Zip(b).All(pair => pair.First.Path == pair.Second.Path
            && (pair.First.Json.Span.SequenceEqual(pair.Second.Json.Span)
                || JsonNode.DeepEquals(JsonNode.Parse(pair.First.Json.Span), JsonNode.Parse(pair.Second.Json.Span))));

    static ReadOnlyMemory<byte> ToUtf8(JsonNode node) => JsonSerializer.SerializeToUtf8Bytes(node, Plain);
}
