using System.Text.Json.Nodes;
using Gossip.Kubernetes.Kinds;

namespace Gossip.Kubernetes.Manifests.Rules;

/// <summary>The object has a name, and one that its kind may have.</summary>
sealed class ObjectNameRule : ManifestRule
{
    public override void Check(Manifest manifest, ServedKind kind, Findings findings)
    {
        if (manifest.Metadata is not { } metadata)
        {
            if (manifest.Root["metadata"] is null) Missing(manifest.Root);
        }
        else if (manifest.Name.Length == 0) Missing(metadata);
        else findings.FaultIf(kind.NameProblem(manifest.Name), "metadata.name", metadata["name"]);

        void Missing(JsonObject near) =>
            findings.Fault("metadata.name", near, FaultReason.Missing, "is missing: give the object a name");
    }
}
