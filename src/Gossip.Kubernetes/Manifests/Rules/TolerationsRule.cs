using System.Text.Json.Nodes;
using Gossip.Kubernetes.Kinds;

namespace Gossip.Kubernetes.Manifests.Rules;

/// <summary>A pod's tolerations are of taints as there can be.</summary>
sealed class TolerationsRule : PodRule
{
    protected override void Check(PodPart pod, Findings findings)
    {
        var tolerations = pod.Spec["tolerations"] as JsonArray ?? [];
        for (var i = 0; i < tolerations.Count; i++)
        {
            if (tolerations[i] is not JsonObject toleration) continue;
            var field = $"{pod.Field}.tolerations[{i}]";
            var key = toleration["key"].AsText();
            if (key.Length > 0) findings.FaultIf(Names.Key(key), $"{field}.key", toleration["key"]);
            findings.OneOf($"{field}.operator", toleration["operator"], "", "Equal", "Exists");
            findings.OneOf($"{field}.effect", toleration["effect"], "", "NoSchedule", "PreferNoSchedule", "NoExecute");
            if (toleration["tolerationSeconds"] is { } seconds && toleration["effect"].AsText() != "NoExecute")
                findings.Fault($"{field}.effect", seconds, FaultReason.Invalid, "must be NoExecute where tolerationSeconds is set");
            if (key.Length == 0 && toleration["operator"].AsText() != "Exists")
                findings.Fault($"{field}.operator", toleration, FaultReason.Invalid, "must be Exists where the key is empty");
        }
    }
}
