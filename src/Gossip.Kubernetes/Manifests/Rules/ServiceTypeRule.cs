using Gossip.Kubernetes.Kinds;

namespace Gossip.Kubernetes.Manifests.Rules;

/// <summary>A service is of a known type, and one that stands for a name says which.</summary>
sealed class ServiceTypeRule : ManifestRule
{
    public override void Check(Manifest manifest, ServedKind kind, Findings findings)
    {
        if (manifest.Spec is not { } spec) return;
        findings.OneOf("spec.type", spec["type"], "ClusterIP", "NodePort", "LoadBalancer", "ExternalName");
        if (spec["type"].AsText() == "ExternalName" && spec["externalName"].AsText().Length == 0)
            findings.Fault(
                "spec.externalName", spec, FaultReason.Missing, "is missing: an ExternalName service needs the name it stands for");
    }
}
