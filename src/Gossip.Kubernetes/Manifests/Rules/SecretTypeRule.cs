using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gossip.Kubernetes.Kinds;

namespace Gossip.Kubernetes.Manifests.Rules;

/// <summary>A Secret of a known type has the keys that those who use it look for.</summary>
sealed class SecretTypeRule : ManifestRule
{
    public override void Check(Manifest manifest, ServedKind kind, Findings findings)
    {
        if (findings.Faults.Count > 0) return; // what is no data has no keys
        var root = manifest.Root;
        var type = SecretKind.TypeOf(root);
        foreach (var key in KeysOf(type))
        {
            var (data, text) = (root.Below("data", key), root.Below("stringData", key));
            if (!Has(root, "data", key) && !Has(root, "stringData", key))
                findings.Fault($"data[{key}]", root["data"] ?? root, FaultReason.Missing, $"is missing: a Secret of type {type} has it");
            else if (key.StartsWith(".docker", StringComparison.Ordinal)
                && !IsJson(text is null ? Base64.TryRead(data.AsText()) : Encoding.UTF8.GetBytes(text.AsText())))
                findings.Fault($"data[{key}]", data ?? text, FaultReason.Invalid, "is not JSON, as docker login writes it");
        }
    }

    static string[] KeysOf(string type) => type switch
    {
        "kubernetes.io/dockerconfigjson" => [".dockerconfigjson"],
        "kubernetes.io/dockercfg" => [".dockercfg"],
        "kubernetes.io/tls" => ["tls.crt", "tls.key"],
        "kubernetes.io/ssh-auth" => ["ssh-privatekey"],
        _ => [],
    };

    static bool Has(JsonObject root, string part, string key) => root[part] is JsonObject pairs && pairs.ContainsKey(key);

    static bool IsJson(byte[]? text)
    {
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
}
