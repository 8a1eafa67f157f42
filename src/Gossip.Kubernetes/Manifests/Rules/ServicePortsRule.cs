using System.Text.Json;
using System.Text.Json.Nodes;
using Gossip.Kubernetes.Kinds;

namespace Gossip.Kubernetes.Manifests.Rules;

/// <summary>A service that gets an address has ports, and each of several a name of its own.</summary>
sealed class ServicePortsRule : ManifestRule
{
    public override void Check(Manifest manifest, ServedKind kind, Findings findings)
    {
        if (manifest.Spec is not { } spec) return;
        var ports = spec["ports"] as JsonArray ?? [];
        if (ports.Count == 0 && spec["clusterIP"].AsText() != "None" && spec["type"].AsText() != "ExternalName")
            findings.Fault("spec.ports", spec, FaultReason.Missing, "is missing: name at least one port, or set clusterIP: None");
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < ports.Count; i++)
            if (ports[i] is JsonObject port) Check(port, $"spec.ports[{i}]", ports.Count, names, findings);
    }

    static void Check(JsonObject port, string field, int count, HashSet<string> names, Findings findings)
    {
        if (port["port"] is null) findings.Fault($"{field}.port", port, FaultReason.Missing, "is missing: set it from 1 to 65535");
        findings.Range($"{field}.port", port["port"], 1, 65535);
        if (port["targetPort"] is JsonValue target && target.GetValueKind() == JsonValueKind.String)
            findings.FaultIf(Names.PortName(target.AsText()), $"{field}.targetPort", target);
        else findings.Range($"{field}.targetPort", port["targetPort"], 1, 65535);
        findings.Range($"{field}.nodePort", port["nodePort"], 0, 65535);
        findings.OneOf($"{field}.protocol", port["protocol"], "TCP", "UDP", "SCTP");
        var name = port["name"].AsText();
        if (name.Length > 0) findings.FaultIf(Names.Label(name), $"{field}.name", port["name"]);
        if (count > 1 && name.Length == 0)
            findings.Fault($"{field}.name", port, FaultReason.Missing, "is missing: each of several ports needs a name");
        if (name.Length > 0 && !names.Add(name))
            findings.Fault($"{field}.name", port["name"], FaultReason.Duplicate, $"'{name}' names another port already");
    }
}
