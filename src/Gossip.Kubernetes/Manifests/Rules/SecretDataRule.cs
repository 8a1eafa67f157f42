using System.Text.Json.Nodes;
using Gossip.Kubernetes.Kinds;

namespace Gossip.Kubernetes.Manifests.Rules;

/// <summary>A Secret's keys are keys, and its data is base64. A value is never said.</summary>
sealed class SecretDataRule : ManifestRule
{
    public override void Check(Manifest manifest, ServedKind kind, Findings findings)
    {
        foreach (var part in (ReadOnlySpan<string>)["data", "stringData"])
        {
            if (manifest.Root[part] is not JsonObject pairs) continue;
            foreach (var (key, value) in pairs)
            {
                var field = $"{part}[{key}]";
                findings.FaultIf(Names.ConfigKey(key), field, value ?? pairs);
                if (part == "data" && Base64.TryRead(value.AsText()) is null)
                    findings.Fault(field, value, FaultReason.Invalid, "is not base64: encode it, or write it as it is under stringData");
            }
        }
    }
}
