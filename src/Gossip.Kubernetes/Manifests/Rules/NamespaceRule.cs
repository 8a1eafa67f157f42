using Gossip.Kubernetes.Kinds;

namespace Gossip.Kubernetes.Manifests.Rules;

/// <summary>What lies in a namespace may name it; what belongs to the cluster names none.</summary>
sealed class NamespaceRule : ManifestRule
{
    public override void Check(Manifest manifest, ServedKind kind, Findings findings)
    {
        if (manifest.Namespace.Length == 0) return;
        findings.FaultIf(
            kind.Namespaced ? Names.Label(manifest.Namespace) : $"a {kind.Kind} belongs to the whole cluster: leave the namespace out",
            "metadata.namespace", manifest.Metadata!["namespace"]);
    }
}
