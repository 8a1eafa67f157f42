using System.Text.Json.Nodes;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;
using Gossip.Core.Turns;

namespace Gossip.Kubernetes.Manifests;

/// <summary>The rules of each kind, over a document whose types already fit.</summary>
static class KindRules
{
    public static void Check(Manifest manifest, ApiKind kind, Findings findings)
    {
        var root = manifest.Root;
        if (kind.Kind is ApiKind.ConfigMap or ApiKind.Secret) ConfigRules.Check(root, kind.Kind, findings);
        if (kind.Kind == ApiKind.DisruptionBudget) BudgetRules.Check(manifest, findings);
        if (kind.Kind == ApiKind.PriorityClass) CheckPriorityClass(root, manifest.Name, findings);
        if (kind.Kind is not (ApiKind.Pod or ApiKind.Service or ApiKind.Node) && !kind.IsWorkload) return;
        if (manifest.Spec is not { } spec)
        {
            if (kind.Kind != ApiKind.Node) findings.Fault("spec", root, FaultReason.Missing, "is missing: say what the object should be");
            return;
        }
        if (kind.IsWorkload) CheckWorkload(kind, spec, findings);
        else if (kind.Kind == ApiKind.Pod) CheckPod(root, spec, "", findings);
        else if (kind.Kind == ApiKind.Service) CheckService(spec, findings);
        else CheckTaints(spec, findings);
    }

    static void CheckWorkload(ApiKind kind, JsonObject spec, Findings findings)
    {
        if (spec["replicas"] is { } replicas && (replicas.AsInteger() is not { } count || count is < 0 or > ManifestLimits.Replicas))
            findings.Fault("spec.replicas", replicas, FaultReason.Invalid, $"is {replicas.ToJsonString()}: must be from 0 to {ManifestLimits.Replicas}");
        if (spec["template"] is not JsonObject template)
        {
            findings.Fault("spec.template", spec, FaultReason.Missing, "is missing: say what its pods are");
            return;
        }
        var labels = template["metadata"]?["labels"];
        ManifestValidator.CheckLabels(labels, "spec.template.metadata.labels", findings);
        CheckSelector(kind, spec, template, Labels.Of(labels.AsTexts()), findings);
        if (template["spec"] is not JsonObject pod)
        {
            findings.Fault("spec.template.spec", template, FaultReason.Missing, "is missing: say what runs in its pods");
            return;
        }
        CheckPod(template, pod, "spec.template.", findings);
        if (pod["restartPolicy"] is { } policy && policy.AsText() != "Always")
            findings.Fault("spec.template.spec.restartPolicy", policy, FaultReason.Unsupported, $"is {policy.ToJsonString()}: a {kind.Kind}'s pods are kept running, so it must be Always");
        if (pod["activeDeadlineSeconds"] is { } deadline)
            findings.Fault("spec.template.spec.activeDeadlineSeconds", deadline, FaultReason.Unsupported, $"is not for a {kind.Kind}'s pods, which are kept running");
    }

    static void CheckPod(JsonObject template, JsonObject spec, string prefix, Findings findings)
    {
        PodRules.Check(spec, $"{prefix}spec", findings);
        TemplateProblems.Check(template, prefix, findings);
    }

    static void CheckSelector(ApiKind kind, JsonObject spec, JsonObject template, Labels labels, Findings findings)
    {
        var isOld = kind.Kind == ApiKind.ReplicationController;
        if (spec["selector"] is not JsonObject selector || selector.Count == 0)
        {
            if (!isOld) findings.Fault("spec.selector", spec, FaultReason.Missing, "is missing: set matchLabels to labels of the template");
            else if (labels.Count == 0) findings.Fault("spec.template.metadata.labels", template, FaultReason.Missing, "is missing: its pods are found by these labels");
            return;
        }
        var json = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(selector);
        if (Selector.TryRead(json, out var problem) is not { } parsed)
            findings.Fault("spec.selector", selector, FaultReason.Invalid, problem);
        else if (parsed.IsEmpty)
            findings.Fault("spec.selector", selector, FaultReason.Invalid, "selects everything: set matchLabels to labels of the template");
        else if (!parsed.Matches(labels))
            findings.Fault("spec.selector", selector, FaultReason.Invalid,
                $"'{LabelSelector.Format(parsed)}' does not match the template's labels '{labels}' (spec.template.metadata.labels): make them agree");
    }

    static void CheckService(JsonObject spec, Findings findings)
    {
        findings.OneOf("spec.type", spec["type"], "ClusterIP", "NodePort", "LoadBalancer", "ExternalName");
        ManifestValidator.CheckLabels(spec["selector"], "spec.selector", findings);
        var ports = spec["ports"] as JsonArray;
        var type = spec["type"].AsText();
        if (type == "ExternalName")
        {
            if (spec["externalName"].AsText().Length == 0) findings.Fault("spec.externalName", spec, FaultReason.Missing, "is missing: an ExternalName service needs the name it stands for");
        }
        else if ((ports is null || ports.Count == 0) && spec["clusterIP"].AsText() != "None")
            findings.Fault("spec.ports", spec, FaultReason.Missing, "is missing: name at least one port, or set clusterIP: None");
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < (ports?.Count ?? 0); i++)
        {
            if (ports![i] is not JsonObject port) continue;
            var field = $"spec.ports[{i}]";
            if (port["port"] is null) findings.Fault($"{field}.port", port, FaultReason.Missing, "is missing: set it from 1 to 65535");
            findings.Range($"{field}.port", port["port"], 1, 65535);
            if (port["targetPort"] is JsonValue target && target.GetValueKind() == System.Text.Json.JsonValueKind.String)
                findings.FaultIf(Names.PortName(target.AsText()), $"{field}.targetPort", target);
            else findings.Range($"{field}.targetPort", port["targetPort"], 1, 65535);
            findings.Range($"{field}.nodePort", port["nodePort"], 0, 65535);
            findings.OneOf($"{field}.protocol", port["protocol"], "TCP", "UDP", "SCTP");
            var name = port["name"].AsText();
            if (name.Length > 0) findings.FaultIf(Names.Label(name), $"{field}.name", port["name"]);
            if (ports.Count > 1 && name.Length == 0) findings.Fault($"{field}.name", port, FaultReason.Missing, "is missing: each of several ports needs a name");
            if (name.Length > 0 && !names.Add(name)) findings.Fault($"{field}.name", port["name"], FaultReason.Duplicate, $"'{name}' names another port already");
        }
    }

    static void CheckPriorityClass(JsonObject root, string name, Findings findings)
    {
        var fields = ManifestMapper.ToFields(root);
        ReadOnlyMemory<byte> Json(string path) => fields.FirstOrDefault(field => field.Path == path).Json;
        if (PriorityClass.TryRead(name, Json, out var wrong) is null)
            findings.Fault(wrong.Field, wrong.Field == "metadata.name" ? root["metadata"]?["name"] : root[wrong.Field] ?? root, wrong.Message == "is missing" ? FaultReason.Missing : FaultReason.Invalid, wrong.Message);
    }

    static void CheckTaints(JsonObject spec, Findings findings)
    {
        if (spec["taints"] is not JsonArray taints) return;
        for (var i = 0; i < taints.Count; i++)
        {
            if (taints[i] is not JsonObject taint) continue;
            findings.FaultIf(Names.Key(taint["key"].AsText()), $"spec.taints[{i}].key", taint["key"] ?? taint);
            findings.FaultIf(Names.Value(taint["value"].AsText()), $"spec.taints[{i}].value", taint["value"]);
            if (taint["effect"] is null) findings.Fault($"spec.taints[{i}].effect", taint, FaultReason.Missing, "is missing: NoSchedule, PreferNoSchedule or NoExecute");
            findings.OneOf($"spec.taints[{i}].effect", taint["effect"], "NoSchedule", "PreferNoSchedule", "NoExecute");
        }
    }
}
