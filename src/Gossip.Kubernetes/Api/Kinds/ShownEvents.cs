using System.Text.Json.Nodes;
using Gossip.Core.Primitives;
using Gossip.Core.Turns;
using Gossip.Core.View;
using Gossip.Kubernetes.Manifests;

namespace Gossip.Kubernetes.Api.Kinds;

/// <summary>Events: those that this node saw itself, and those that somebody posted.</summary>
sealed class ShownEvents() : ShownKind(ApiKind.Event)
{
    public override IReadOnlyList<Column> Columns { get; } =
    [
        new("Last Seen", (shown, now) => Ages.Since(shown["lastTimestamp"] ?? Path(shown, "metadata", "creationTimestamp"), now)),
        new("Type", (shown, _) => shown["type"].AsText()),
        new("Reason", (shown, _) => shown["reason"].AsText()),
        new("Object", (shown, _) => $"{Path(shown, "involvedObject", "kind").AsText().ToLowerInvariant()}/{Path(shown, "involvedObject", "name").AsText()}"),
        new("Subobject", (shown, _) => Path(shown, "involvedObject", "fieldPath").AsText(), Wide: true),
        new("Source", (shown, _) => Path(shown, "source", "component").AsText(), Wide: true),
        new("Message", (shown, _) => shown["message"].AsText().Trim()),
        new("First Seen", (shown, now) => Ages.Since(shown["firstTimestamp"] ?? Path(shown, "metadata", "creationTimestamp"), now), Wide: true),
        new("Count", (shown, _) => Math.Max(1, Number(shown["count"])), Wide: true, Type: "integer"),
        new("Name", (shown, _) => Path(shown, "metadata", "name").AsText(), Wide: true, Format: "name"),
    ];

    public override IEnumerable<Entry> List(ClusterIndex cluster) =>
        cluster.View.Events.Select(seen => new Entry(NameOf(seen), () => Render(seen, cluster)))
            .Concat(cluster.ObjectsOf(ApiKind.Event).Select(held => new Entry(held.Name, () => Base(held))));

    /// <summary>Events of what belongs to no namespace lie in the default one, as Kubernetes has it.</summary>
    static ObjectName NameOf(EventView seen) => new(
        ApiKind.Event, seen.About.Namespace.Length == 0 ? ManifestValidator.DefaultNamespace : seen.About.Namespace, $"{seen.About.Name}.{seen.Number:x}");

    static JsonObject Render(EventView seen, ClusterIndex cluster)
    {
        var root = ManifestMapper.ToJson(NameOf(seen), "v1", []);
        var metadata = (JsonObject)root["metadata"]!;
        metadata["uid"] = StableHash.GuidText(StableHash.Of(ApiKind.Event), seen.Number);
        metadata["resourceVersion"] = Text(seen.Number);
        metadata["creationTimestamp"] = Time(seen.First.UnixMilliseconds);
        root["involvedObject"] = new JsonObject
        {
            ["apiVersion"] = ApiKind.Of(seen.About.Kind)?.ApiVersion ?? "v1",
            ["kind"] = seen.About.Kind,
            ["namespace"] = seen.About.Namespace,
            ["name"] = seen.About.Name,
            ["uid"] = seen.AboutUid,
        };
        root["reason"] = seen.Reason;
        // As long as the pod waits it is told of the whole cluster as it is, as the pod's condition does; later, of the round that it was.
        root["message"] = seen.Reason == EventRules.FailedScheduling && cluster.Pending(seen.AboutUid) is { } pod ? cluster.WhyPending(pod) : seen.Message;
        root["type"] = seen.Warning ? "Warning" : "Normal";
        root["count"] = seen.Count;
        root["firstTimestamp"] = Time(seen.First.UnixMilliseconds);
        root["lastTimestamp"] = Time(seen.Last.UnixMilliseconds);
        root["source"] = new JsonObject { ["component"] = "gossip" };
        root["reportingComponent"] = "gossip";
        return root;
    }
}
