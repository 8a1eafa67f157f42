using System.Text.Json.Nodes;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;

namespace Gossip.Kubernetes.Manifests;

/// <summary>The rules of a pod's spec, in a Pod or in a template.</summary>
static class PodRules
{
    /// <summary>What is kept and shown, but does nothing yet. Said aloud, for silence would be taken for consent.</summary>
    static readonly string[] NotYet =
        ["shareProcessNamespace", "hostPID", "hostIPC", "hostAliases", "dnsConfig", "subdomain", "readinessGates"];
    static readonly string[] NotYetOfSecurity = ["seccompProfile", "seLinuxOptions", "appArmorProfile", "sysctls"];

    public static void Check(JsonObject spec, string field, Findings findings)
    {
        if (spec["containers"] is not JsonArray { Count: > 0 } containers)
        {
            findings.Fault($"{field}.containers", spec, FaultReason.Missing, "is missing: a pod needs at least one container");
            return;
        }
        if (containers.Count > ManifestLimits.Containers)
        {
            findings.Fault($"{field}.containers", containers, FaultReason.TooLarge, $"has {containers.Count} containers, more than {ManifestLimits.Containers}");
            return;
        }
        findings.OneOf($"{field}.restartPolicy", spec["restartPolicy"], "Always", "OnFailure", "Never");
        findings.OneOf($"{field}.preemptionPolicy", spec["preemptionPolicy"], "", "PreemptLowerPriority", "Never");
        if (spec["priorityClassName"].AsText() is { Length: > 0 } priority) findings.FaultIf(Names.Subdomain(priority), $"{field}.priorityClassName", spec["priorityClassName"]);
        if (spec["priority"] is { } given) findings.Warn($"{field}.priority", given, FaultReason.Unsupported, "has no effect: a pod's priority is that of its priorityClassName");
        findings.Range($"{field}.terminationGracePeriodSeconds", spec["terminationGracePeriodSeconds"], 0, int.MaxValue);
        findings.OneOf($"{field}.runtimeClassName", spec["runtimeClassName"], [.. RuntimeNames.All]);
        if (spec["nodeName"].AsText() is { Length: > 0 } node) findings.FaultIf(Names.Subdomain(node), $"{field}.nodeName", spec["nodeName"]);
        ManifestValidator.CheckLabels(spec["nodeSelector"], $"{field}.nodeSelector", findings);
        CheckTolerations(spec["tolerations"] as JsonArray, $"{field}.tolerations", findings);

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var list in (ReadOnlySpan<string>)["containers", "initContainers"])
            for (var i = 0; i < (spec[list] as JsonArray)?.Count; i++)
                if (spec[list]![i] is JsonObject container) CheckContainer(container, $"{field}.{list}[{i}]", spec, names, findings);
        WarnOf(NotYet, spec, field, findings);
        if (spec["securityContext"] is JsonObject security) WarnOf(NotYetOfSecurity, security, $"{field}.securityContext", findings);
    }

    static void CheckContainer(JsonObject container, string field, JsonObject spec, HashSet<string> names, Findings findings)
    {
        var name = container["name"].AsText();
        if (name.Length == 0) findings.Fault($"{field}.name", container, FaultReason.Missing, "is missing: each container needs a name");
        else findings.FaultIf(Names.Label(name), $"{field}.name", container["name"]);
        if (name.Length > 0 && !names.Add(name)) findings.Fault($"{field}.name", container["name"], FaultReason.Duplicate, $"'{name}' names another container already");
        CheckImage(container, field, spec["runtimeClassName"].AsText(), findings);
        CheckPorts(container["ports"] as JsonArray, $"{field}.ports", findings);
        for (var i = 0; i < (container["env"] as JsonArray)?.Count; i++)
            if (container["env"]![i] is JsonObject variable && variable["name"].AsText() is var key && (key.Length == 0 || key.Contains('=', StringComparison.Ordinal)))
                findings.Fault($"{field}.env[{i}].name", variable, FaultReason.Invalid, "must be a name without '='");
        if (container["resources"] is JsonObject resources) ResourceRules.Check(resources, $"{field}.resources", findings);
        if (container["securityContext"] is JsonObject security) WarnOf(NotYetOfSecurity, security, $"{field}.securityContext", findings);
    }

    static void WarnOf(string[] names, JsonObject of, string field, Findings findings)
    {
        foreach (var name in names)
            if (of[name] is JsonArray { Count: > 0 } or JsonObject { Count: > 0 } || (of[name] is JsonValue value && value.GetValueKind() != System.Text.Json.JsonValueKind.False && value.ToJsonString() != "\"\""))
                findings.Warn($"{field}.{name}", of[name], FaultReason.Unsupported, "is kept, but this version does not act on it");
    }

    /// <summary>A process needs a command and no image; everything else is named by its image.</summary>
    static void CheckImage(JsonObject container, string field, string runtime, Findings findings)
    {
        if (runtime == RuntimeNames.Process)
        {
            if (container["command"] is not JsonArray { Count: > 0 })
                findings.Fault($"{field}.command", container, FaultReason.Missing, "is missing: the process runtime runs a command");
            return;
        }
        if (string.IsNullOrWhiteSpace(container["image"].AsText()))
            findings.Fault($"{field}.image", container, FaultReason.Missing, "is missing: say which image runs, or set runtimeClassName: process and a command");
    }

    static void CheckPorts(JsonArray? ports, string field, Findings findings)
    {
        for (var i = 0; i < (ports?.Count ?? 0); i++)
        {
            if (ports![i] is not JsonObject port) continue;
            if (port["containerPort"] is null) findings.Fault($"{field}[{i}].containerPort", port, FaultReason.Missing, "is missing: set it from 1 to 65535");
            findings.Range($"{field}[{i}].containerPort", port["containerPort"], 1, 65535);
            findings.Range($"{field}[{i}].hostPort", port["hostPort"], 0, 65535);
            findings.OneOf($"{field}[{i}].protocol", port["protocol"], "TCP", "UDP", "SCTP");
            if (port["name"].AsText() is { Length: > 0 } name) findings.FaultIf(Names.PortName(name), $"{field}[{i}].name", port["name"]);
        }
    }

    static void CheckTolerations(JsonArray? tolerations, string field, Findings findings)
    {
        for (var i = 0; i < (tolerations?.Count ?? 0); i++)
        {
            if (tolerations![i] is not JsonObject toleration) continue;
            var key = toleration["key"].AsText();
            if (key.Length > 0) findings.FaultIf(Names.Key(key), $"{field}[{i}].key", toleration["key"]);
            findings.OneOf($"{field}[{i}].operator", toleration["operator"], "", "Equal", "Exists");
            findings.OneOf($"{field}[{i}].effect", toleration["effect"], "", "NoSchedule", "PreferNoSchedule", "NoExecute");
            if (toleration["tolerationSeconds"] is { } seconds && toleration["effect"].AsText() != "NoExecute")
                findings.Fault($"{field}[{i}].effect", seconds, FaultReason.Invalid, "must be NoExecute where tolerationSeconds is set");
            if (key.Length == 0 && toleration["operator"].AsText() != "Exists")
                findings.Fault($"{field}[{i}].operator", toleration, FaultReason.Invalid, "must be Exists where the key is empty");
        }
    }
}
