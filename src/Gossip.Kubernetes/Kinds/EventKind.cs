using System.Text.Json.Nodes;
using Gossip.Core.Primitives;
using Gossip.Core.View;
using Gossip.Kubernetes.Kinds.Showing;
using Gossip.Kubernetes.Manifests;
using k8s.Models;

namespace Gossip.Kubernetes.Kinds;

/// <summary>Events: those that this node saw itself, and those that somebody posted.</summary>
sealed class EventKind : ServedKind
{
    public static readonly EventKind Instance = new()
    {
        Kind = "Event",
        Plural = "events",
        Singular = "event",
        ShortName = "ev",
        Model = typeof(Corev1Event),
    };

    public override IReadOnlyList<SelectableField> SelectableFields { get; } =
    [
        "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid", "involvedObject.apiVersion",
        "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason", "reportingComponent",
        new("source", At: "source.component"), "type",
    ];

    public override IReadOnlyList<Column> Columns { get; } =
    [
        new("Last Seen", (shown, now) => Since(shown, "lastTimestamp", now)),
        new("Type", (shown, _) => shown["type"].AsText()),
        new("Reason", (shown, _) => shown["reason"].AsText()),
        new("Object", (shown, _) => $"{About(shown, "kind").ToLowerInvariant()}/{About(shown, "name")}"),
        new("Subobject", (shown, _) => About(shown, "fieldPath"), Wide: true),
        new("Source", (shown, _) => shown.Below("source", "component").AsText(), Wide: true),
        new("Message", (shown, _) => shown["message"].AsText().Trim()),
        new("First Seen", (shown, now) => Since(shown, "firstTimestamp", now), Wide: true),
        new("Count", (shown, _) => Math.Max(1, Cells.Number(shown["count"])), Wide: true, Type: "integer"),
        Column.OfName with { Wide = true },
    ];

    public override IEnumerable<Entry> List(ClusterIndex cluster) =>
        cluster.View.Events.Select(seen => new Entry(NameOf(seen), () => Show(seen, cluster))).Concat(base.List(cluster));

    /// <summary>Events of what belongs to no namespace lie in the default one, as Kubernetes has it.</summary>
    ObjectName NameOf(EventView seen) =>
        Name(seen.About.Namespace.Length == 0 ? NamespaceKind.Default : seen.About.Namespace, $"{seen.About.Name}.{seen.Number:x}");

    JsonObject Show(EventView seen, ClusterIndex cluster)
    {
        var root = ShownObject.Of(this, NameOf(seen), StableHash.GuidText(StableHash.Of(Kind), seen.Number), seen.Number);
        root["metadata"]!["creationTimestamp"] = ShownTime.Of(seen.First.UnixMilliseconds);
        root["involvedObject"] = new JsonObject
        {
            ["apiVersion"] = ServedKinds.Of(seen.About.Kind)?.ApiVersion ?? "v1",
            ["kind"] = seen.About.Kind,
            ["namespace"] = seen.About.Namespace,
            ["name"] = seen.About.Name,
            ["uid"] = seen.AboutUid,
        };
        root["reason"] = seen.Reason;
        // As long as the pod waits it is told of the whole cluster as it is, as the pod's condition does; later, of the round that it was.
        root["message"] = seen.Reason == EventRules.FailedScheduling && cluster.Pending(seen.AboutUid) is { } pod
            ? cluster.WhyPending(pod)
            : seen.Message;
        root["type"] = seen.Warning ? "Warning" : "Normal";
        root["count"] = seen.Count;
        root["firstTimestamp"] = ShownTime.Of(seen.First.UnixMilliseconds);
        root["lastTimestamp"] = ShownTime.Of(seen.Last.UnixMilliseconds);
        root["source"] = new JsonObject { ["component"] = "gossip" };
        root["reportingComponent"] = "gossip";
        return root;
    }

    static string Since(JsonObject shown, string field, DateTimeOffset now) =>
        Ages.Since(shown[field] ?? shown.Below("metadata", "creationTimestamp"), now);

    static string About(JsonObject shown, string field) => shown.Below("involvedObject", field).AsText();
}
