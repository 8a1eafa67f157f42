using Gossip.Core.Templates;
using Gossip.Kubernetes.Kinds;

namespace Gossip.Kubernetes.Manifests.Rules;

/// <summary>What the core's own reader would refuse of a PriorityClass, at its place in the input.</summary>
sealed class PriorityClassRule : ManifestRule
{
    public override void Check(Manifest manifest, ServedKind kind, Findings findings)
    {
        var root = manifest.Root;
        var fields = manifest.Fields;
        ReadOnlyMemory<byte> Json(string path) => fields.FirstOrDefault(field => field.Path == path).Json;
        if (PriorityClass.TryRead(manifest.Name, Json, out var wrong) is not null) return;
        var near = wrong.Field == "metadata.name" ? manifest.Metadata?["name"] : root[wrong.Field];
        findings.Fault(wrong.Field, near ?? root, wrong.Message == "is missing" ? FaultReason.Missing : FaultReason.Invalid, wrong.Message);
    }
}
