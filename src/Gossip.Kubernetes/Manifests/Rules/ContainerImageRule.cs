using System.Text.Json.Nodes;
using Gossip.Core.Templates;
using Gossip.Kubernetes.Kinds;

namespace Gossip.Kubernetes.Manifests.Rules;

/// <summary>A process needs a command and no image; everything else is named by its image.</summary>
sealed class ContainerImageRule : ContainerRule
{
    protected override void Check(JsonObject container, string field, PodPart pod, Findings findings)
    {
        if (pod.Spec["runtimeClassName"].AsText() == RuntimeNames.Process)
        {
            if (container["command"] is not JsonArray { Count: > 0 })
                findings.Fault($"{field}.command", container, FaultReason.Missing, "is missing: the process runtime runs a command");
        }
        else if (string.IsNullOrWhiteSpace(container["image"].AsText()))
            findings.Fault(
                $"{field}.image", container, FaultReason.Missing,
                "is missing: say which image runs, or set runtimeClassName: process and a command");
    }
}
