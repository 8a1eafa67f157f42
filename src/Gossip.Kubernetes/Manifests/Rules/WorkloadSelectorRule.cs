using System.Text.Json;
using System.Text.Json.Nodes;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;
using Gossip.Kubernetes.Kinds;

namespace Gossip.Kubernetes.Manifests.Rules;

/// <summary>A workload's selector finds the pods of its template, and not everything.</summary>
sealed class WorkloadSelectorRule : ManifestRule
{
    public override void Check(Manifest manifest, ServedKind kind, Findings findings)
    {
        if (manifest.Spec is not { } spec || spec["template"] is not JsonObject template) return;
        var labels = Labels.Of(template.Below("metadata", "labels").AsTexts());
        if (spec["selector"] is not JsonObject { Count: > 0 } selector)
        {
            if (kind is not WorkloadKind { NeedsSelector: false })
                findings.Fault("spec.selector", spec, FaultReason.Missing, "is missing: set matchLabels to labels of the template");
            else if (labels.Count == 0)
                findings.Fault(
                    "spec.template.metadata.labels", template, FaultReason.Missing, "is missing: its pods are found by these labels");
            return;
        }
        if (Selector.TryRead(JsonSerializer.SerializeToUtf8Bytes(selector), out var problem) is not { } parsed)
            findings.Fault("spec.selector", selector, FaultReason.Invalid, problem);
        else if (parsed.IsEmpty)
            findings.Fault("spec.selector", selector, FaultReason.Invalid, "selects everything: set matchLabels to labels of the template");
        else if (!parsed.Matches(labels))
            findings.Fault("spec.selector", selector, FaultReason.Invalid,
                $"'{LabelSelector.Format(parsed)}' does not match the template's labels '{labels}' "
                + "(spec.template.metadata.labels): make them agree");
    }
}
