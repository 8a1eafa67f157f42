using System.Text.Json.Nodes;
using Gossip.Kubernetes.Kinds;

namespace Gossip.Kubernetes.Manifests.Rules;

/// <summary>Ports are ports, their names names of ports.</summary>
sealed class ContainerPortsRule : ContainerRule
{
    protected override void Check(JsonObject container, string field, PodPart pod, Findings findings)
    {
        var ports = container["ports"] as JsonArray ?? [];
        for (var i = 0; i < ports.Count; i++)
        {
            if (ports[i] is not JsonObject port) continue;
            var at = $"{field}.ports[{i}]";
            if (port["containerPort"] is null)
                findings.Fault($"{at}.containerPort", port, FaultReason.Missing, "is missing: set it from 1 to 65535");
            findings.Range($"{at}.containerPort", port["containerPort"], 1, 65535);
            findings.Range($"{at}.hostPort", port["hostPort"], 0, 65535);
            findings.OneOf($"{at}.protocol", port["protocol"], "TCP", "UDP", "SCTP");
            if (port["name"].AsText() is { Length: > 0 } name) findings.FaultIf(Names.PortName(name), $"{at}.name", port["name"]);
        }
    }
}
