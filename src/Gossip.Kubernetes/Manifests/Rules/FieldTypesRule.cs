using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Gossip.Kubernetes.Kinds;
using k8s.Models;

namespace Gossip.Kubernetes.Manifests.Rules;

/// <summary>
/// Compares a document with the typed view of its kind, property by property: a value of the wrong type is a fault,
/// a field that the view does not know is a warning (it is kept). Reads the models' properties instead of
/// deserialising into them, so that every finding has its path and nothing is built to be thrown away.
/// </summary>
sealed class FieldTypesRule : ManifestRule
{
    static readonly ConcurrentDictionary<Type, Dictionary<string, Type>> Known = new();

    public override void Check(Manifest manifest, ServedKind kind, Findings findings) => Check(manifest.Root, kind.Model, "", findings);

    /// <summary>The model of a field, or of the items of its list or map; null for what is plain or not known.</summary>
    public static Type? ModelOf(Type? owner, string field)
    {
        if (owner is null || !IsModel(owner) || !Known.GetOrAdd(owner, FieldsOf).TryGetValue(field, out var type)) return null;
        if (type.IsGenericType) type = type.GetGenericArguments()[^1];
        return IsModel(type) ? type : null;
    }

    static void Check(JsonNode? node, Type type, string field, Findings findings)
    {
        if (node is null) return;
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsGenericType && typeof(IEnumerable).IsAssignableFrom(type)) CheckMany(node, type, field, findings);
        else if (IsModel(type)) CheckModel(node, type, field, findings);
        else if (!Fits(node, type)) Wrong(node, NameOf(type), field, findings);
    }

    static void CheckMany(JsonNode node, Type type, string field, Findings findings)
    {
        var element = type.GetGenericArguments()[^1];
        // Bytes travel as base64 text.
        if (element == typeof(byte)) return;
        if (type.GetGenericArguments().Length == 2)
        {
            if (node is not JsonObject pairs) Wrong(node, "a map", field, findings);
            else foreach (var (key, value) in pairs) Check(value, element, $"{field}[{key}]", findings);
            return;
        }
        if (node is not JsonArray items) Wrong(node, "a list", field, findings);
        else for (var i = 0; i < items.Count; i++) Check(items[i], element, $"{field}[{i}]", findings);
    }

    static void CheckModel(JsonNode node, Type type, string field, Findings findings)
    {
        if (node is not JsonObject fields)
        {
            Wrong(node, "an object", field, findings);
            return;
        }
        var known = Known.GetOrAdd(type, FieldsOf);
        foreach (var (key, value) in fields)
        {
            var path = Findings.Key(field, key);
            if (known.TryGetValue(key, out var valueType)) Check(value, valueType, path, findings);
            else findings.Warn(path, value ?? fields, FaultReason.UnknownField, "is not a field we know; it is kept as it is");
        }
    }

    static void Wrong(JsonNode node, string wanted, string field, Findings findings)
    {
        var hint = wanted == "text" && node is JsonValue ? $": quote it, \"{node.ToJsonString()}\"" : "";
        findings.Fault(field, node, FaultReason.Invalid, $"must be {wanted}, not {Describe(node)}{hint}");
    }

    static string Describe(JsonNode node) => node switch
    {
        JsonObject => "an object",
        JsonArray => "a list",
        _ => node.GetValueKind() switch
        {
            JsonValueKind.String => "text",
            JsonValueKind.Number => $"the number {node.ToJsonString()}",
            _ => node.ToJsonString(),
        },
    };

    static bool Fits(JsonNode node, Type type)
    {
        if (type == typeof(object)) return true;
        if (node is not JsonValue value) return false;
        var kind = value.GetValueKind();
        if (type == typeof(bool)) return kind is JsonValueKind.True or JsonValueKind.False;
        if (type == typeof(int)) return value.TryGetValue<int>(out _);
        if (type == typeof(long)) return value.TryGetValue<long>(out _);
        if (type == typeof(double)) return kind == JsonValueKind.Number;
        if (type == typeof(IntOrString)) return kind == JsonValueKind.String || value.TryGetValue<int>(out _);
        if (type == typeof(ResourceQuantity)) return kind is JsonValueKind.String or JsonValueKind.Number;
        if (type == typeof(DateTime)) return kind == JsonValueKind.String && value.GetValue<string>().Length >= 10;
        return kind == JsonValueKind.String;
    }

    static string NameOf(Type type) =>
        type == typeof(bool) ? "true or false"
        : type == typeof(int) || type == typeof(long) ? "a whole number"
        : type == typeof(double) ? "a number"
        : type == typeof(IntOrString) ? "a whole number or text"
        : type == typeof(ResourceQuantity) ? "an amount such as 500m or 64Mi"
        : type == typeof(DateTime) ? "a time such as 2026-01-31T12:00:00Z"
        : "text";

    static bool IsModel(Type type) =>
        type.IsClass && type.Namespace == typeof(V1Pod).Namespace && type != typeof(IntOrString) && type != typeof(ResourceQuantity);

    static Dictionary<string, Type> FieldsOf(Type type) =>
        type.GetProperties()
            .Select(property => (Name: property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name, property.PropertyType))
            .Where(property => property.Name is not null)
            .ToDictionary(property => property.Name!, property => property.PropertyType, StringComparer.Ordinal);
}
