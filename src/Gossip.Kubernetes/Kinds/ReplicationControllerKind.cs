using System.Text.Json.Nodes;
using Gossip.Core.View;
using Gossip.Kubernetes.Kinds.Showing;
using k8s.Models;

namespace Gossip.Kubernetes.Kinds;

/// <summary>ReplicationControllers.</summary>
sealed class ReplicationControllerKind : WorkloadKind
{
    public static readonly ReplicationControllerKind Instance = new()
    {
        Kind = "ReplicationController",
        Plural = "replicationcontrollers",
        Singular = "replicationcontroller",
        ShortName = "rc",
        Model = typeof(V1ReplicationController),
    };

    public override bool NeedsSelector => false;

    public override IReadOnlyList<SelectableField> SelectableFields { get; } = ["status.replicas"];

    public override IReadOnlyList<Column> Columns => SetColumns;

    protected override void Complete(JsonObject status, ObjectView held, PodView[] pods, int wanted, ClusterIndex cluster) =>
        status["fullyLabeledReplicas"] = pods.Length;
}
