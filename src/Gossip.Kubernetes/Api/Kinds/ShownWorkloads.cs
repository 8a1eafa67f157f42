using System.Text.Json.Nodes;
using Gossip.Core.Templates;
using Gossip.Core.View;
using Gossip.Kubernetes.Manifests;

namespace Gossip.Kubernetes.Api.Kinds;

/// <summary>ReplicationControllers, ReplicaSets and Deployments: each with its pods counted.</summary>
sealed class ShownWorkloads : ShownKind
{
    public ShownWorkloads(string kind) : base(kind) => Columns = kind == ApiKind.Deployment ? Deployments : Sets;

    public override IReadOnlyList<Column> Columns { get; }

    static readonly Column[] Wide =
    [
        new("Containers", (shown, _) => OfContainers(shown, "name"), Wide: true),
        new("Images", (shown, _) => OfContainers(shown, "image"), Wide: true),
        new("Selector", (shown, _) => SelectorOf(shown), Wide: true),
    ];

    static readonly Column[] Deployments =
    [
        NameColumn,
        new("Ready", (shown, _) => $"{Status(shown, "readyReplicas")}/{Wanted(shown)}"),
        new("Up-to-date", (shown, _) => Status(shown, "updatedReplicas"), Type: "integer", Format: "int32"),
        new("Available", (shown, _) => Status(shown, "availableReplicas"), Type: "integer", Format: "int32"),
        AgeColumn,
        .. Wide,
    ];

    static readonly Column[] Sets =
    [
        NameColumn,
        new("Desired", (shown, _) => Wanted(shown), Type: "integer", Format: "int32"),
        new("Current", (shown, _) => Status(shown, "replicas"), Type: "integer", Format: "int32"),
        new("Ready", (shown, _) => Status(shown, "readyReplicas"), Type: "integer", Format: "int32"),
        AgeColumn,
        .. Wide,
    ];

    public override IEnumerable<Entry> List(ClusterIndex cluster) =>
        cluster.ObjectsOf(Kind.Kind).Select(held => new Entry(held.Name, () => Render(held, cluster)));

    JsonObject Render(ObjectView held, ClusterIndex cluster)
    {
        var root = Base(held);
        var pods = cluster.PodsOf(held.Uid).Where(pod => !pod.Deleting).ToArray();
        var ready = pods.Count(pod => pod.Ready);
        var status = new JsonObject { ["observedGeneration"] = held.Generation, ["replicas"] = pods.Length, ["readyReplicas"] = ready, ["availableReplicas"] = ready };
        if (Kind.Kind == ApiKind.Deployment) CompleteDeployment(status, held, pods, (int)Wanted(root));
        else status["fullyLabeledReplicas"] = pods.Length;
        root["status"] = status;
        return root;
    }

    static void CompleteDeployment(JsonObject status, ObjectView held, PodView[] pods, int wanted)
    {
        var hash = ClusterIndex.TemplateHash(held);
        var ready = pods.Count(pod => pod.Ready);
        var updated = pods.Count(pod => pod.Id.Template == hash);
        status["updatedReplicas"] = updated;
        if (wanted > ready) status["unavailableReplicas"] = wanted - ready;
        status["conditions"] = new JsonArray(
            Condition("Available", ready >= wanted, ready >= wanted ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable", $"{ready} of {wanted} pods are ready", held),
            Condition("Progressing", true, updated >= wanted && ready >= wanted ? "NewReplicaSetAvailable" : "ReplicaSetUpdated", $"{updated} of {wanted} pods are of the present template", held));
    }

    static JsonObject Condition(string type, bool holds, string reason, string message, ObjectView held) => new()
    {
        ["type"] = type,
        ["status"] = holds ? "True" : "False",
        ["reason"] = reason,
        ["message"] = message,
        ["lastUpdateTime"] = Time(held.CreatedAt.UnixMilliseconds),
        ["lastTransitionTime"] = Time(held.CreatedAt.UnixMilliseconds),
    };

    static long Wanted(JsonObject shown) => Path(shown, "spec", "replicas").AsInteger() ?? 1;
    static long Status(JsonObject shown, string field) => Number(Path(shown, "status", field));

    static string OfContainers(JsonObject shown, string field) =>
        string.Join(",", (Path(shown, "spec", "template", "spec", "containers") as JsonArray ?? []).Select(container => container?[field].AsText()));

    /// <summary>A ReplicationController without a selector has its template's labels for one.</summary>
    static string SelectorOf(JsonObject shown)
    {
        var selector = Path(shown, "spec", "selector") ?? Path(shown, "spec", "template", "metadata", "labels");
        if (selector is null) return "<none>";
        return Selector.TryRead(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(selector), out _) is { } read ? OrNone(LabelSelector.Format(read)) : "<none>";
    }
}
