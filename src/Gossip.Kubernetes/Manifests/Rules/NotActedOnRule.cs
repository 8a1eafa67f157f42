using System.Text.Json;
using System.Text.Json.Nodes;
using Gossip.Kubernetes.Kinds;

namespace Gossip.Kubernetes.Manifests.Rules;

/// <summary>Warns of what is kept and shown, but does nothing yet: silence would be taken for consent.</summary>
sealed class NotActedOnRule : ContainerRule
{
    static readonly string[] OfPods =
        ["shareProcessNamespace", "hostPID", "hostIPC", "hostAliases", "dnsConfig", "subdomain", "readinessGates"];
    static readonly string[] OfSecurity = ["seccompProfile", "seLinuxOptions", "appArmorProfile", "sysctls"];

    protected override void Check(PodPart pod, Findings findings)
    {
        if (pod.Spec["priority"] is { } given)
            findings.Warn(
                $"{pod.Field}.priority", given, FaultReason.Unsupported,
                "has no effect: a pod's priority is that of its priorityClassName");
        base.Check(pod, findings);
        Warn(OfPods, pod.Spec, pod.Field, findings);
        WarnOfSecurity(pod.Spec, pod.Field, findings);
    }

    protected override void Check(JsonObject container, string field, PodPart pod, Findings findings) =>
        WarnOfSecurity(container, field, findings);

    static void WarnOfSecurity(JsonObject of, string field, Findings findings)
    {
        if (of["securityContext"] is JsonObject security) Warn(OfSecurity, security, $"{field}.securityContext", findings);
    }

    static void Warn(string[] names, JsonObject of, string field, Findings findings)
    {
        foreach (var name in names)
            if (IsSet(of[name]))
                findings.Warn($"{field}.{name}", of[name], FaultReason.Unsupported, "is kept, but this version does not act on it");
    }

    static bool IsSet(JsonNode? node) => node switch
    {
        JsonArray items => items.Count > 0,
        JsonObject fields => fields.Count > 0,
        JsonValue value => value.GetValueKind() != JsonValueKind.False && value.ToJsonString() != "\"\"",
        _ => false,
    };
}
