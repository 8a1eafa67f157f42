using System.Globalization;
using Gossip.Core.Wire;
using Gossip.Kubernetes.Kinds;

namespace Gossip.Kubernetes.Manifests.Rules;

/// <summary>The object fits into the tables: its bytes, and its first-level fields.</summary>
sealed class ObjectSizeRule : ManifestRule
{
    public override void Check(Manifest manifest, ServedKind kind, Findings findings)
    {
        var fields = manifest.Fields;
        var size = fields.Sum(field => field.Weight);
        if (size > Limits.ObjectBytes)
            findings.Fault("", manifest.Root, FaultReason.TooLarge, string.Create(CultureInfo.InvariantCulture,
                $"is {size} bytes, more than {Limits.ObjectBytes}: make it smaller, or several objects"));
        if (fields.Length > Limits.Cells)
            findings.Fault("", manifest.Root, FaultReason.TooLarge, string.Create(CultureInfo.InvariantCulture,
                $"has {fields.Length} first-level fields, more than {Limits.Cells}: make it several objects"));
    }
}
