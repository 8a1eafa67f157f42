using System.Text.Json.Nodes;
using Gossip.Kubernetes.Kinds;

namespace Gossip.Kubernetes.Manifests.Rules;

/// <summary>Keys and values of labels are labels.</summary>
sealed class LabelsRule : ManifestRule
{
    public override void Check(Manifest manifest, ServedKind kind, Findings findings) =>
        Check(manifest.Metadata?["labels"], "metadata.labels", findings);

    /// <summary>The same of any map of labels.</summary>
    public static void Check(JsonNode? labels, string field, Findings findings)
    {
        if (labels is not JsonObject pairs) return;
        foreach (var (key, value) in pairs)
        {
            findings.FaultIf(Names.Key(key), $"{field}[{key}]", value ?? pairs);
            findings.FaultIf(Names.Value(value.AsText()), $"{field}[{key}]", value);
        }
    }
}
