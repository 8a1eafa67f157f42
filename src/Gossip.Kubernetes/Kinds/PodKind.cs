using System.Text.Json.Nodes;
using Gossip.Core.Primitives;
using Gossip.Core.View;
using Gossip.Kubernetes.Api;
using Gossip.Kubernetes.Api.Pods;
using Gossip.Kubernetes.Kinds.Showing;
using Gossip.Kubernetes.Manifests;
using Gossip.Kubernetes.Manifests.Rules;
using Gossip.Kubernetes.Plans;
using k8s.Models;

namespace Gossip.Kubernetes.Kinds;

/// <summary>Pods: the derived ones, and bare Pods with their fate.</summary>
sealed class PodKind : ServedKind
{
    public static readonly PodKind Instance = new()
    {
        Kind = "Pod",
        Plural = "pods",
        Singular = "pod",
        ShortName = "po",
        Model = typeof(V1Pod),
    };

    public override bool IsInAll => true;

    public override IReadOnlyList<Subresource> Subresources { get; } =
    [
        new("log", ["GET"], PodStreams.LogAsync),
        new("exec", ["GET", "POST"], PodStreams.ConsoleAsync),
        new("attach", ["GET", "POST"], PodStreams.ConsoleAsync),
        new("eviction", ["POST"], Evictions.EvictAsync) { Discovered = new DiscoveredSubresource("policy", "v1", "Eviction", ["create"]) },
    ];

    public override IReadOnlyList<SelectableField> SelectableFields { get; } =
    [
        "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "spec.hostNetwork",
        "status.phase", "status.podIP", "status.nominatedNodeName",
    ];

    public override IReadOnlyList<ManifestRule> Rules { get; } = [new SpecPresentRule(), .. PodRules.All];

    public override PodPart? PodOf(JsonObject root) => root["spec"] is JsonObject spec ? new PodPart(root, spec, "") : null;

    public override IEnumerable<string> Outlook(Manifest manifest, ClusterView? view, IEnumerable<Manifest> all) =>
        PodOutlook.Of(1, manifest.Spec, view, all);

    public override IReadOnlyList<Column> Columns { get; } =
    [
        Column.OfName,
        new("Ready", (pod, now) => PodSummary.Of(pod, now) is var summary ? $"{summary.Ready}/{summary.Containers}" : ""),
        new("Status", (pod, now) => PodSummary.Of(pod, now).Status),
        new("Restarts", (pod, now) => PodSummary.Of(pod, now).Restarts),
        Column.OfAge,
        new("IP", (pod, _) => Cells.OrNone(pod.Below("status", "podIP").AsText()), Wide: true),
        new("Node", (pod, _) => Cells.OrNone(pod.Below("spec", "nodeName").AsText()), Wide: true),
        new("Nominated Node", (_, _) => "<none>", Wide: true),
        new("Readiness Gates", (_, _) => "<none>", Wide: true),
    ];

    public override IEnumerable<Entry> List(ClusterIndex cluster) =>
        cluster.View.Pods.Select(pod =>
            new Entry(Name(pod.Namespace, pod.Name), () => Show(pod, cluster)) { Stamp = StampOf(pod, cluster) });

    /// <summary>Of one that runs: by its own row, its owner's and its node's. Why one waits follows from the whole cluster.</summary>
    static ulong? StampOf(PodView pod, ClusterIndex cluster)
    {
        if (pod.Standing is not { } standing) return null;
        var stamp = StableHash.Mix(StableHash.Of(pod.Uid), pod.Version);
        if (cluster.Object(pod.OwnerUid) is { } owner) stamp = StableHash.Mix(stamp, owner.Version);
        if (cluster.Node(standing.Node) is { } node) stamp = StableHash.Mix(stamp, node.Version);
        var flags = ((ulong)pod.Phase << 2) | (pod.Ready ? 2u : 0u) | (pod.Deleting ? 1u : 0u);
        return StableHash.Mix(stamp, (flags << 32) | (uint)pod.Priority);
    }

    public override bool DeletesDerived => true;

    public override string WhyNotWritten(string name, JsonObject shown)
    {
        var owner = (shown.Below("metadata", "ownerReferences") as JsonArray)?.FirstOrDefault();
        return $"pod {name} derives from {owner.Below("kind").AsText()} {owner.Below("name").AsText()}: change its template";
    }

    /// <summary>
    /// A pod that was read and is put back names the node that it got; it must not be bound to it by that. Its priority is said by this
    /// server, and follows from its class.
    /// </summary>
    public override bool TakeOutShown(JsonObject root, ClusterIndex cluster)
    {
        if (root["spec"] is not JsonObject spec) return false;
        var isChanged = spec.Remove("priority");
        var metadata = root["metadata"];
        var name = Name(metadata.Below("namespace").AsText(), metadata.Below("name").AsText());
        if (cluster.Find(name) is { } held && held["spec.nodeName"] is null) isChanged |= spec.Remove("nodeName");
        return isChanged;
    }

    JsonObject Show(PodView pod, ClusterIndex cluster)
    {
        var isBare = pod.Owner.Kind == Kind;
        var root = isBare && cluster.Object(pod.OwnerUid) is { } held
            ? ManifestMapper.ToJson(held)
            : PodSpecOf.Template(this, pod, cluster);
        var metadata = (JsonObject)root["metadata"]!;
        metadata["uid"] = pod.Uid;
        metadata["resourceVersion"] = ShownObject.Text(pod.Version);
        metadata["creationTimestamp"] = ShownTime.Of(pod.CreatedAt.UnixMilliseconds);
        if (pod.Deleting)
        {
            metadata["deletionTimestamp"] = ShownTime.Of(cluster.View.At.UnixMilliseconds);
            metadata["deletionGracePeriodSeconds"] = (long)pod.Template.TerminationGrace.TotalSeconds;
        }
        if (!isBare && ServedKinds.Of(pod.Owner.Kind) is { } owner)
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
}
