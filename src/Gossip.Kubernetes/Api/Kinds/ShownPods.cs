using System.Text.Json.Nodes;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;
using Gossip.Core.View;
using Gossip.Kubernetes.Manifests;

namespace Gossip.Kubernetes.Api.Kinds;

/// <summary>Pods: the derived ones, and bare Pods with their fate.</summary>
sealed class ShownPods() : ShownKind(ApiKind.Pod)
{
    public override IReadOnlyList<Column> Columns { get; } =
    [
        NameColumn,
        new("Ready", (pod, now) => PodSummary.Of(pod, now) is var summary ? $"{summary.Ready}/{summary.Containers}" : ""),
        new("Status", (pod, now) => PodSummary.Of(pod, now).Status),
        new("Restarts", (pod, now) => PodSummary.Of(pod, now).Restarts),
        AgeColumn,
        new("IP", (pod, _) => OrNone(Path(pod, "status", "podIP").AsText()), Wide: true),
        new("Node", (pod, _) => OrNone(Path(pod, "spec", "nodeName").AsText()), Wide: true),
        new("Nominated Node", (_, _) => "<none>", Wide: true),
        new("Readiness Gates", (_, _) => "<none>", Wide: true),
    ];

    public override IEnumerable<Entry> List(ClusterIndex cluster) =>
        cluster.View.Pods.Select(pod => new Entry(new ObjectName(ApiKind.Pod, pod.Namespace, pod.Name), () => Render(pod, cluster)));

    static JsonObject Render(PodView pod, ClusterIndex cluster)
    {
        var isBare = pod.Owner.Kind == ApiKind.Pod;
        var root = isBare && cluster.Object(pod.OwnerUid) is { } held ? ManifestMapper.ToJson(held) : FromTemplate(pod, cluster);
        var metadata = (JsonObject)root["metadata"]!;
        metadata["uid"] = pod.Uid;
        metadata["resourceVersion"] = Text(pod.Version);
        metadata["creationTimestamp"] = Time(pod.CreatedAt.UnixMilliseconds);
        if (pod.Deleting)
        {
            metadata["deletionTimestamp"] = Time(cluster.View.At.UnixMilliseconds);
            metadata["deletionGracePeriodSeconds"] = (long)pod.Template.TerminationGrace.TotalSeconds;
        }
        if (!isBare && ApiKind.Of(pod.Owner.Kind) is { } owner)
            metadata["ownerReferences"] = new JsonArray(new JsonObject
            {
                ["apiVersion"] = owner.ApiVersion,
                ["kind"] = owner.Kind,
                ["name"] = pod.Owner.Name,
                ["uid"] = pod.OwnerUid.ToString(),
                ["controller"] = true,
                ["blockOwnerDeletion"] = true,
            });
        if (root["spec"] is not JsonObject spec) root["spec"] = spec = [];
        if (pod.NodeName.Length > 0) spec["nodeName"] = pod.NodeName;
        spec["priority"] = pod.Priority;
        root["status"] = PodStatus.Of(pod, cluster);
        return root;
    }

    static JsonObject FromTemplate(PodView pod, ClusterIndex cluster)
    {
        var template = cluster.TemplateOf(pod);
        var metadata = template?["metadata"]?.DeepClone() as JsonObject ?? new JsonObject { ["labels"] = Map(pod.Template.Labels) };
        metadata["name"] = pod.Name;
        metadata["namespace"] = pod.Namespace;
        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = ApiKind.Pod,
            ["metadata"] = metadata,
            ["spec"] = template?["spec"]?.DeepClone() ?? FromTyped(pod.Template),
        };
    }

    /// <summary>Of a pod that outlived its workload, or its template: as much as the core keeps.</summary>
    static JsonObject FromTyped(PodTemplate template)
    {
        var spec = new JsonObject
        {
            ["containers"] = new JsonArray([.. template.Containers.Select(FromTyped)]),
            ["restartPolicy"] = template.RestartPolicy.ToString(),
        };
        if (!template.InitContainers.IsEmpty) spec["initContainers"] = new JsonArray([.. template.InitContainers.Select(FromTyped)]);
        if (template.RuntimeClass != RuntimeNames.Containers) spec["runtimeClassName"] = template.RuntimeClass;
        if (template.NodeSelector.Count > 0) spec["nodeSelector"] = Map(template.NodeSelector);
        return spec;
    }

    static JsonNode FromTyped(ContainerSpec container)
    {
        var json = new JsonObject
        {
            ["name"] = container.Name,
            ["image"] = container.Image,
            ["command"] = new JsonArray([.. container.Command.Select(word => (JsonNode)word)]),
            ["args"] = new JsonArray([.. container.Args.Select(word => (JsonNode)word)]),
        };
        if (container.Role == ContainerRole.Sidecar) json["restartPolicy"] = "Always";
        return json;
    }

    static JsonObject Map(Labels labels) => new(labels.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));
}
