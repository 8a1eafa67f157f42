using System.Text.Json;
using System.Text.Json.Nodes;
using Gossip.Core.Primitives;
using Gossip.Core.Wire;

namespace Gossip.Kubernetes.Manifests;

/// <summary>The rules of ConfigMaps and Secrets. What they say of a value names its key, and never the value.</summary>
static class ConfigRules
{
    const string IsImmutable = "Forbidden: field is immutable when `immutable` is set";

    public static void Check(JsonObject root, string kind, Findings findings)
    {
        var isSecret = kind == ApiKind.Secret;
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (part, isBase64) in (ReadOnlySpan<(string, bool)>)(isSecret ? [("data", true), ("stringData", false)] : [("data", false), ("binaryData", true)]))
        {
            if (root[part] is not JsonObject pairs) continue;
            foreach (var (key, value) in pairs)
            {
                var field = $"{part}[{key}]";
                findings.FaultIf(KeyProblem(key), field, value ?? pairs);
                if (!keys.Add(key) && !isSecret) findings.Fault(field, value ?? pairs, FaultReason.Duplicate, "is in data already: keep one");
                if (isBase64 && !IsBase64(value.AsText()))
                    findings.Fault(field, value, FaultReason.Invalid, isSecret ? "is not base64: encode it, or write it as it is under stringData" : "is not base64: encode it, or write text under data");
            }
        }
        if (isSecret && findings.Faults.Count == 0) CheckType(root, keys, findings);
    }

    /// <summary>What of an object that is set in stone would change; Kubernetes' words.</summary>
    public static IEnumerable<ManifestFault> Changes(JsonObject present, JsonObject wanted, Manifest? from = null)
    {
        var kind = present["kind"].AsText();
        if (kind == ApiKind.Secret && TypeOf(present) != TypeOf(wanted)) yield return Fault("type", $"Invalid value: \"{TypeOf(wanted)}\": field is immutable");
        if (kind is not (ApiKind.ConfigMap or ApiKind.Secret) || !IsTrue(present["immutable"])) yield break;
        if (!IsTrue(wanted["immutable"])) yield return Fault("immutable", IsImmutable);
        foreach (var part in (string[])["data", "binaryData"])
            if (!JsonNode.DeepEquals(Pairs(present[part]), Pairs(wanted[part]))) yield return Fault(part, IsImmutable);

        ManifestFault Fault(string field, string message) => new(
            from?.Source ?? "", from?.Document ?? 1, from?.Where(wanted[field] ?? wanted) ?? default, $"{kind} {present["metadata"]?["name"].AsText()}", field, FaultReason.Forbidden, message);
    }

    public static string TypeOf(JsonObject secret) => secret["type"].AsText() is { Length: > 0 } type ? type : "Opaque";

    /// <summary>A Secret as it is kept: what was written as text is data like the rest, in one spelling of base64.</summary>
    public static JsonObject Normal(JsonObject root)
    {
        if (root["kind"].AsText() != ApiKind.Secret || root["data"] is not (null or JsonObject) || root["stringData"] is not (null or JsonObject)) return root;
        var normal = (JsonObject)root.DeepClone();
        var data = normal["data"] as JsonObject ?? [];
        foreach (var (key, value) in data.ToArray())
            if (value is not null && TryBytes(value.AsText()) is { } bytes) data[key] = Convert.ToBase64String(bytes);
        foreach (var (key, value) in (normal["stringData"] as JsonObject)?.ToArray() ?? [])
            if (value is not null) data[key] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(value.AsText()));
        normal.Remove("stringData");
        if (data.Count > 0 && data.Parent is null) normal["data"] = data;
        return normal;
    }

    static string? KeyProblem(string key) =>
        key.Length is > 0 and <= Limits.Name && !key.StartsWith("..", StringComparison.Ordinal) && key != "." && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            ? null
            : $"'{(key.Length <= 80 ? key : key[..80] + "…")}' is not a key: use at most {Limits.Name} of letters, digits, '-', '_' and '.', without '..' in front";

    static void CheckType(JsonObject root, HashSet<string> keys, Findings findings)
    {
        string[] needed = TypeOf(root) switch
        {
            "kubernetes.io/dockerconfigjson" => [".dockerconfigjson"],
            "kubernetes.io/dockercfg" => [".dockercfg"],
            "kubernetes.io/tls" => ["tls.crt", "tls.key"],
            "kubernetes.io/ssh-auth" => ["ssh-privatekey"],
            _ => [],
        };
        foreach (var key in needed)
            if (!keys.Contains(key)) findings.Fault($"data[{key}]", root["data"] ?? root, FaultReason.Missing, $"is missing: a Secret of type {TypeOf(root)} has it");
            else if (key.StartsWith(".docker", StringComparison.Ordinal) && !IsJson(root, key)) findings.Fault($"data[{key}]", root["data"]?[key] ?? root["stringData"]?[key], FaultReason.Invalid, "is not JSON, as docker login writes it");
    }

    static bool IsJson(JsonObject root, string key)
    {
        var text = root["stringData"]?[key] is { } plain ? System.Text.Encoding.UTF8.GetBytes(plain.AsText()) : TryBytes(root["data"]?[key].AsText() ?? "");
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    static bool IsBase64(string text) => TryBytes(text) is not null;

    static byte[]? TryBytes(string text)
    {
        var bytes = new byte[text.Length / 4 * 3 + 3];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : null;
    }

    static bool IsTrue(JsonNode? node) => node is JsonValue value && value.GetValueKind() == JsonValueKind.True;

    static JsonNode? Pairs(JsonNode? node) => node is JsonObject { Count: > 0 } ? node : null;
}
