using System.Text.Json.Nodes;
using Gossip.Kubernetes.Kinds;

namespace Gossip.Kubernetes.Manifests.Rules;

/// <summary>Keys of annotations are as those of labels.</summary>
sealed class AnnotationKeysRule : ManifestRule
{
    public override void Check(Manifest manifest, ServedKind kind, Findings findings)
    {
        if (manifest.Metadata?["annotations"] is not JsonObject annotations) return;
        foreach (var (key, value) in annotations) findings.FaultIf(Names.Key(key), $"metadata.annotations[{key}]", value ?? annotations);
    }
}
