using System.Text.Json.Nodes;
using Gossip.Kubernetes.Kinds;

namespace Gossip.Kubernetes.Manifests.Rules;

/// <summary>Variables have names that an environment can hold.</summary>
sealed class EnvironmentNamesRule : ContainerRule
{
    protected override void Check(JsonObject container, string field, PodPart pod, Findings findings)
    {
        var variables = container["env"] as JsonArray ?? [];
        for (var i = 0; i < variables.Count; i++)
            if (variables[i] is JsonObject variable && variable["name"].AsText() is var name
                && (name.Length == 0 || name.Contains('=', StringComparison.Ordinal)))
                findings.Fault($"{field}.env[{i}].name", variable, FaultReason.Invalid, "must be a name without '='");
    }
}
