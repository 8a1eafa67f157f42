using System.Text.Json.Nodes;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;
using Gossip.Kubernetes.Manifests;

namespace Gossip.Kubernetes.Api.Kinds;

/// <summary>PriorityClasses, as they were sent, and the two that are there without an object.</summary>
sealed class ShownPriorityClasses() : ShownKind(ApiKind.PriorityClass)
{
    public override IReadOnlyList<Column> Columns { get; } =
    [
        NameColumn,
        new("Value", (one, _) => Number(one["value"]), Type: "integer"),
        new("Global-Default", (one, _) => one["globalDefault"]?.DeepClone() ?? false, Type: "boolean"),
        AgeColumn,
        new("PreemptionPolicy", (one, _) => one["preemptionPolicy"].AsText()),
    ];

    public override IEnumerable<Entry> List(ClusterIndex cluster) =>
        cluster.ObjectsOf(ApiKind.PriorityClass).Select(held => new Entry(held.Name, () =>
        {
            var root = Base(held);
            if (root["preemptionPolicy"] is null) root["preemptionPolicy"] = "PreemptLowerPriority";
            return root;
        }))
        .Append(new Entry(NameOf(PriorityClass.ClusterCritical), () => Render(PriorityClass.ClusterCritical, "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.")))
        .Append(new Entry(NameOf(PriorityClass.NodeCritical), () => Render(PriorityClass.NodeCritical, "Used for system critical pods that must not be moved from their current node.")));

    static ObjectName NameOf(PriorityClass one) => new(ApiKind.PriorityClass, "", one.Name);

    JsonObject Render(PriorityClass one, string description) => new()
    {
        ["apiVersion"] = Kind.ApiVersion,
        ["kind"] = Kind.Kind,
        ["metadata"] = new JsonObject { ["name"] = one.Name, ["uid"] = StableHash.GuidText((ulong)one.Value, 0), ["resourceVersion"] = "1", ["generation"] = 1, ["creationTimestamp"] = Time(0) },
        ["value"] = one.Value,
        ["description"] = description,
        ["preemptionPolicy"] = "PreemptLowerPriority",
    };
}
