using Gossip.Kubernetes.Kinds;

namespace Gossip.Kubernetes.Manifests.Rules;

/// <summary>The object says what it should be.</summary>
sealed class SpecPresentRule : ManifestRule
{
    public override void Check(Manifest manifest, ServedKind kind, Findings findings)
    {
        if (manifest.Spec is null) findings.Fault("spec", manifest.Root, FaultReason.Missing, "is missing: say what the object should be");
    }
}
