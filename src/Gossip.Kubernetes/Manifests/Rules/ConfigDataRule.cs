using System.Text.Json.Nodes;
using Gossip.Kubernetes.Kinds;

namespace Gossip.Kubernetes.Manifests.Rules;

/// <summary>A ConfigMap's keys are keys, each there once, and its binary data is base64. A value is never said.</summary>
sealed class ConfigDataRule : ManifestRule
{
    public override void Check(Manifest manifest, ServedKind kind, Findings findings)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var part in (ReadOnlySpan<string>)["data", "binaryData"])
        {
            if (manifest.Root[part] is not JsonObject pairs) continue;
            foreach (var (key, value) in pairs)
            {
                var field = $"{part}[{key}]";
                findings.FaultIf(Names.ConfigKey(key), field, value ?? pairs);
                if (!keys.Add(key)) findings.Fault(field, value ?? pairs, FaultReason.Duplicate, "is in data already: keep one");
                if (part == "binaryData" && Base64.TryRead(value.AsText()) is null)
                    findings.Fault(field, value, FaultReason.Invalid, "is not base64: encode it, or write text under data");
            }
        }
    }
}
