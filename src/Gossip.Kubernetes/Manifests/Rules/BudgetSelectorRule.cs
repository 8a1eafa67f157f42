using System.Text.Json;
using System.Text.Json.Nodes;
using Gossip.Core.Templates;
using Gossip.Kubernetes.Kinds;

namespace Gossip.Kubernetes.Manifests.Rules;

/// <summary>A disruption budget's selector can be read.</summary>
sealed class BudgetSelectorRule : ManifestRule
{
    public override void Check(Manifest manifest, ServedKind kind, Findings findings)
    {
        if (manifest.Spec?["selector"] is JsonObject selector
            && Selector.TryRead(JsonSerializer.SerializeToUtf8Bytes(selector), out var problem) is null)
            findings.Fault("spec.selector", selector, FaultReason.Invalid, problem);
    }
}
