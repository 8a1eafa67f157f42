using System.Text.Json.Nodes;
using Gossip.Core.Primitives;
using Gossip.Kubernetes.Manifests;

namespace Gossip.Kubernetes.Api.Kinds;

/// <summary>Namespaces: the default one, which is always there, and those that users made.</summary>
sealed class ShownNamespaces() : ShownKind(ApiKind.Namespace)
{
    static readonly ObjectName Default = new(ApiKind.Namespace, "", ManifestValidator.DefaultNamespace);

    public override IReadOnlyList<Column> Columns { get; } =
    [
        NameColumn,
        new("Status", (shown, _) => Path(shown, "status", "phase").AsText()),
        AgeColumn,
    ];

    public override IEnumerable<Entry> List(ClusterIndex cluster)
    {
        var made = cluster.ObjectsOf(ApiKind.Namespace).ToArray();
        var entries = made.Select(held => new Entry(held.Name, () => Complete(Base(held), held.Deleting)));
        return made.Any(held => held.Name == Default) ? entries : entries.Prepend(new Entry(Default, RenderDefault));
    }

    /// <summary>It has no row, so no birth: it is as old as the cluster.</summary>
    static JsonObject RenderDefault()
    {
        var root = ManifestMapper.ToJson(Default, "v1", []);
        var metadata = (JsonObject)root["metadata"]!;
        metadata["uid"] = StableHash.GuidText(0, StableHash.Of(Default.ToString()));
        metadata["resourceVersion"] = "1";
        return Complete(root, false);
    }

    static JsonObject Complete(JsonObject root, bool deleting)
    {
        root["status"] = new JsonObject { ["phase"] = deleting ? "Terminating" : "Active" };
        return root;
    }
}
