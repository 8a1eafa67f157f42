using Gossip.Kubernetes.Kinds;

namespace Gossip.Kubernetes.Manifests.Rules;

/// <summary>The labels of a workload's pods are labels.</summary>
sealed class TemplateLabelsRule : ManifestRule
{
    public override void Check(Manifest manifest, ServedKind kind, Findings findings) =>
        LabelsRule.Check(manifest.Spec.Below("template", "metadata", "labels"), "spec.template.metadata.labels", findings);
}
