using System.Text.Json.Nodes;
using Gossip.Kubernetes.Kinds.Showing;
using Gossip.Kubernetes.Manifests.Rules;
using k8s.Models;

namespace Gossip.Kubernetes.Kinds;

/// <summary>ConfigMaps, as they were sent.</summary>
sealed class ConfigMapKind : ServedKind
{
    public static readonly ConfigMapKind Instance = new()
    {
        Kind = "ConfigMap",
        Plural = "configmaps",
        Singular = "configmap",
        ShortName = "cm",
        Model = typeof(V1ConfigMap),
    };

    public override IReadOnlyList<ManifestRule> Rules { get; } = [new ConfigDataRule()];

    public override IReadOnlyList<Column> Columns { get; } =
    [
        Column.OfName,
        new("Data", (map, _) => Cells.Count(map["data"]) + Cells.Count(map["binaryData"]), Type: "integer"),
        Column.OfAge,
    ];

    public override IEnumerable<ForbiddenChange> ForbiddenChanges(JsonObject present, JsonObject wanted) =>
        ImmutableData.Changes(present, wanted);
}
