using System.Text.Json.Nodes;
using Gossip.Core.View;
using Gossip.Kubernetes.Kinds.Showing;
using k8s.Models;

namespace Gossip.Kubernetes.Kinds;

/// <summary>Deployments: each with its pods counted, those of its present template too.</summary>
sealed class DeploymentKind : WorkloadKind
{
    public static readonly DeploymentKind Instance = new()
    {
        Kind = "Deployment",
        Plural = "deployments",
        Singular = "deployment",
        ShortName = "deploy",
        Group = "apps",
        Model = typeof(V1Deployment),
    };

    public override IReadOnlyList<Column> Columns { get; } =
    [
        Column.OfName,
        new("Ready", (shown, _) => $"{StatusOf(shown, "readyReplicas")}/{Wanted(shown)}"),
        new("Up-to-date", (shown, _) => StatusOf(shown, "updatedReplicas"), Type: "integer", Format: "int32"),
        new("Available", (shown, _) => StatusOf(shown, "availableReplicas"), Type: "integer", Format: "int32"),
        Column.OfAge,
        .. WideColumns,
    ];

    protected override void Complete(JsonObject status, ObjectView held, PodView[] pods, int wanted, ClusterIndex cluster)
    {
        var hash = cluster.TemplateHash(held.Uid);
        var ready = pods.Count(pod => pod.Ready);
        var updated = pods.Count(pod => pod.Id.Template == hash);
        status["updatedReplicas"] = updated;
        if (wanted > ready) status["unavailableReplicas"] = wanted - ready;
        var isAvailable = ready >= wanted;
        status["conditions"] = new JsonArray(
            Condition("Available", isAvailable, isAvailable ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
                $"{ready} of {wanted} pods are ready", held),
            Condition("Progressing", true, isAvailable && updated >= wanted ? "NewReplicaSetAvailable" : "ReplicaSetUpdated",
                $"{updated} of {wanted} pods are of the present template", held));
    }

    static JsonObject Condition(string type, bool holds, string reason, string message, ObjectView held) => new()
    {
        ["type"] = type,
        ["status"] = holds ? "True" : "False",
        ["reason"] = reason,
        ["message"] = message,
        ["lastUpdateTime"] = ShownTime.Of(held.CreatedAt.UnixMilliseconds),
        ["lastTransitionTime"] = ShownTime.Of(held.CreatedAt.UnixMilliseconds),
    };
}
