using System.Text.Json.Nodes;
using Gossip.Core.Model;
using Gossip.Core.View;
using Gossip.Kubernetes.Manifests;

namespace Gossip.Kubernetes.Api.Kinds;

/// <summary>Pods: the derived ones, and bare Pods with their fate.</summary>
sealed class ShownPods() : ShownKind(ApiKind.Pod)
{
    public override IReadOnlyList<Column> Columns { get; } =
    [
        NameColumn,
        new("Ready", (pod, _) => $"{Statuses(pod).Count(IsReady)}/{Math.Max(Statuses(pod).Count(), (Path(pod, "spec", "containers") as JsonArray)?.Count ?? 0)}"),
        new("Status", (pod, _) => StatusOf(pod)),
        new("Restarts", (pod, _) => Statuses(pod).Sum(status => Number(status?["restartCount"])).ToString(System.Globalization.CultureInfo.InvariantCulture)),
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
            ["containers"] = new JsonArray([.. template.Containers.Select(container => (JsonNode)new JsonObject
            {
                ["name"] = container.Name,
                ["image"] = container.Image,
                ["command"] = new JsonArray([.. container.Command.Select(word => (JsonNode)word)]),
                ["args"] = new JsonArray([.. container.Args.Select(word => (JsonNode)word)]),
            })]),
            ["restartPolicy"] = template.RestartPolicy.ToString(),
        };
        if (template.RuntimeClass != RuntimeNames.Containers) spec["runtimeClassName"] = template.RuntimeClass;
        if (template.NodeSelector.Count > 0) spec["nodeSelector"] = Map(template.NodeSelector);
        return spec;
    }

    static JsonObject Map(Labels labels) => new(labels.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));

    static IEnumerable<JsonNode?> Statuses(JsonObject pod) => Path(pod, "status", "containerStatuses") as JsonArray ?? [];

    static bool IsReady(JsonNode? status) => status?["ready"] is JsonValue ready && ready.TryGetValue<bool>(out var yes) && yes;

    /// <summary>What kubectl's STATUS says: the reason that a container gives, else the phase.</summary>
    static string StatusOf(JsonObject pod)
    {
        if (Path(pod, "metadata", "deletionTimestamp") is not null) return "Terminating";
        var reason = Path(pod, "status", "reason").AsText() is { Length: > 0 } said && said != "Unschedulable" ? said : Path(pod, "status", "phase").AsText();
        foreach (var status in Statuses(pod))
        {
            if (Path(status, "state", "waiting", "reason").AsText() is { Length: > 0 } waiting) return waiting;
            if (Path(status, "state", "terminated") is { } ended) return ended["reason"].AsText() is { Length: > 0 } why ? why : $"ExitCode:{Number(ended["exitCode"])}";
        }
        return reason;
    }
}
