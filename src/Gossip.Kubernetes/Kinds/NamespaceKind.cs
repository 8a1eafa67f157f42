using System.Text.Json.Nodes;
using Gossip.Core.Primitives;
using Gossip.Core.View;
using Gossip.Kubernetes.Kinds.Showing;
using Gossip.Kubernetes.Manifests;
using k8s.Models;

namespace Gossip.Kubernetes.Kinds;

/// <summary>Namespaces: the default one, which is always there, and those that users made.</summary>
sealed class NamespaceKind : ServedKind
{
    /// <summary>The one that is always there.</summary>
    public const string Default = "default";

    public static readonly NamespaceKind Instance = new()
    {
        Kind = "Namespace",
        Plural = "namespaces",
        Singular = "namespace",
        ShortName = "ns",
        Namespaced = false,
        Model = typeof(V1Namespace),
    };

    public override IReadOnlyList<SelectableField> SelectableFields { get; } = ["status.phase"];

    public override string? NameProblem(string name) => Names.Label(name);

    /// <summary>What is in it can only be written once it is there.</summary>
    public override bool IsAppliedFirst => true;

    public override IReadOnlyList<Column> Columns { get; } =
    [
        Column.OfName,
        new("Status", (shown, _) => shown.Below("status", "phase").AsText()),
        Column.OfAge,
    ];

    public override IEnumerable<Entry> List(ClusterIndex cluster)
    {
        var name = Name("", Default);
        var made = base.List(cluster).ToArray();
        return made.Any(entry => entry.Name == name) ? made : made.Prepend(new Entry(name, ShowDefault));
    }

    protected override JsonObject Show(ObjectView held, ClusterIndex cluster) => WithPhase(base.Show(held, cluster), held.Deleting);

    public override string? WhyNotDeleted(string name) => name == Default ? "this namespace may not be deleted" : null;

    public override IEnumerable<ObjectName> DeletedWith(string name, ClusterIndex cluster) =>
        cluster.View.Objects.Where(held => held.Name.Namespace == name && !held.Deleting).Select(held => held.Name).Distinct();

    /// <summary>It has no row, so no birth: it is as old as the cluster.</summary>
    JsonObject ShowDefault()
    {
        var name = Name("", Default);
        return WithPhase(ShownObject.Of(this, name, StableHash.GuidText(0, StableHash.Of(name.ToString())), 1), false);
    }

    static JsonObject WithPhase(JsonObject root, bool deleting)
    {
        root["status"] = new JsonObject { ["phase"] = deleting ? "Terminating" : "Active" };
        return root;
    }
}
