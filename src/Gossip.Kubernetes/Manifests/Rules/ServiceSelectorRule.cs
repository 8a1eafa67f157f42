using Gossip.Kubernetes.Kinds;

namespace Gossip.Kubernetes.Manifests.Rules;

/// <summary>A service's selector is a map of labels.</summary>
sealed class ServiceSelectorRule : ManifestRule
{
    public override void Check(Manifest manifest, ServedKind kind, Findings findings) =>
        LabelsRule.Check(manifest.Spec?["selector"], "spec.selector", findings);
}
