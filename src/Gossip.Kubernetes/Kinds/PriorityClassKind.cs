using System.Text.Json.Nodes;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;
using Gossip.Core.View;
using Gossip.Kubernetes.Kinds.Showing;
using Gossip.Kubernetes.Manifests;
using Gossip.Kubernetes.Manifests.Rules;
using k8s.Models;

namespace Gossip.Kubernetes.Kinds;

/// <summary>PriorityClasses, as they were sent, and the two that are there without an object.</summary>
sealed class PriorityClassKind : ServedKind
{
    const string DefaultPolicy = "PreemptLowerPriority";

    public static readonly PriorityClassKind Instance = new()
    {
        Kind = "PriorityClass",
        Plural = "priorityclasses",
        Singular = "priorityclass",
        ShortName = "pc",
        Group = "scheduling.k8s.io",
        Namespaced = false,
        Model = typeof(V1PriorityClass),
    };

    public override IReadOnlyList<ManifestRule> Rules { get; } = [new PriorityClassRule()];

    public override IReadOnlyList<Column> Columns { get; } =
    [
        Column.OfName,
        new("Value", (one, _) => Cells.Number(one["value"]), Type: "integer"),
        new("Global-Default", (one, _) => one["globalDefault"]?.DeepClone() ?? false, Type: "boolean"),
        Column.OfAge,
        new("PreemptionPolicy", (one, _) => one["preemptionPolicy"].AsText()),
    ];

    public override IEnumerable<Entry> List(ClusterIndex cluster) => base.List(cluster)
        .Append(BuiltIn(
            PriorityClass.ClusterCritical,
            "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary."))
        .Append(BuiltIn(PriorityClass.NodeCritical, "Used for system critical pods that must not be moved from their current node."));

    protected override JsonObject Show(ObjectView held, ClusterIndex cluster)
    {
        var root = base.Show(held, cluster);
        root["preemptionPolicy"] ??= DefaultPolicy;
        return root;
    }

    /// <summary>Whether one of the name is there.</summary>
    public static bool IsThere(string name, ClusterView view) =>
        PriorityClass.BuiltIn(name) is not null || view.Objects.Any(held => held.Name == Instance.Name("", name) && !held.Deleting);

    Entry BuiltIn(PriorityClass one, string description) => new(Name("", one.Name), () =>
    {
        var root = ShownObject.Of(this, Name("", one.Name), StableHash.GuidText((ulong)one.Value, 0), 1);
        var metadata = (JsonObject)root["metadata"]!;
        metadata["generation"] = 1;
        metadata["creationTimestamp"] = ShownTime.Of(0);
        root["value"] = one.Value;
        root["description"] = description;
        root["preemptionPolicy"] = DefaultPolicy;
        return root;
    });
}
