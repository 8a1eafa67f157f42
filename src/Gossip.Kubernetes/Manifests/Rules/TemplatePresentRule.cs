using System.Text.Json.Nodes;
using Gossip.Kubernetes.Kinds;

namespace Gossip.Kubernetes.Manifests.Rules;

/// <summary>A workload says what its pods are.</summary>
sealed class TemplatePresentRule : ManifestRule
{
    public override void Check(Manifest manifest, ServedKind kind, Findings findings)
    {
        if (manifest.Spec is not { } spec) return;
        if (spec["template"] is not JsonObject template)
            findings.Fault("spec.template", spec, FaultReason.Missing, "is missing: say what its pods are");
        else if (template["spec"] is not JsonObject)
            findings.Fault("spec.template.spec", template, FaultReason.Missing, "is missing: say what runs in its pods");
    }
}
