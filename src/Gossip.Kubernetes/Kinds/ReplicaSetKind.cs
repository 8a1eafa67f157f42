using System.Text.Json.Nodes;
using Gossip.Core.View;
using Gossip.Kubernetes.Kinds.Showing;
using k8s.Models;

namespace Gossip.Kubernetes.Kinds;

/// <summary>ReplicaSets.</summary>
sealed class ReplicaSetKind : WorkloadKind
{
    public static readonly ReplicaSetKind Instance = new()
    {
        Kind = "ReplicaSet",
        Plural = "replicasets",
        Singular = "replicaset",
        ShortName = "rs",
        Group = "apps",
        Model = typeof(V1ReplicaSet),
    };

    public override IReadOnlyList<SelectableField> SelectableFields { get; } = ["status.replicas"];

    public override IReadOnlyList<Column> Columns => SetColumns;

    protected override void Complete(JsonObject status, ObjectView held, PodView[] pods, int wanted, ClusterIndex cluster) =>
        status["fullyLabeledReplicas"] = pods.Length;
}
