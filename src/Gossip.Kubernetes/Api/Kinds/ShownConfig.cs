using System.Text.Json.Nodes;
using Gossip.Kubernetes.Manifests;

namespace Gossip.Kubernetes.Api.Kinds;

/// <summary>ConfigMaps, as they were sent.</summary>
sealed class ShownConfigMaps() : ShownKind(ApiKind.ConfigMap)
{
    public override IReadOnlyList<Column> Columns { get; } =
    [
        NameColumn,
        new("Data", (map, _) => Count(map["data"]) + Count(map["binaryData"]), Type: "integer"),
        AgeColumn,
    ];

    public override IEnumerable<Entry> List(ClusterIndex cluster) =>
        cluster.ObjectsOf(ApiKind.ConfigMap).Select(held => new Entry(held.Name, () => Base(held)));

    internal static int Count(JsonNode? data) => (data as JsonObject)?.Count ?? 0;
}

/// <summary>Secrets: their tables count keys and show no value.</summary>
sealed class ShownSecrets() : ShownKind(ApiKind.Secret)
{
    public override IReadOnlyList<Column> Columns { get; } =
    [
        NameColumn,
        new("Type", (secret, _) => secret["type"].AsText()),
        new("Data", (secret, _) => ShownConfigMaps.Count(secret["data"]), Type: "integer"),
        AgeColumn,
    ];

    public override IEnumerable<Entry> List(ClusterIndex cluster) =>
        cluster.ObjectsOf(ApiKind.Secret).Select(held => new Entry(held.Name, () =>
        {
            var root = Base(held);
            root["type"] = ConfigRules.TypeOf(root);
            return root;
        }));
}
