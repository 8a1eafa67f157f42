using Gossip.Kubernetes.Kinds;

namespace Gossip.Kubernetes.Manifests.Rules;

/// <summary>No field has a name that the tables keep for themselves.</summary>
sealed class ReservedFieldsRule : ManifestRule
{
    public override void Check(Manifest manifest, ServedKind kind, Findings findings)
    {
        foreach (var (field, value) in manifest.Root) findings.FaultIf(ManifestMapper.Reserved(field), field, value ?? manifest.Root);
    }
}
