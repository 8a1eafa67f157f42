using System.Text.Json.Nodes;
using Gossip.Core.Primitives;
using Gossip.Core.View;
using Gossip.Kubernetes.Kinds.Showing;
using Gossip.Kubernetes.Manifests;
using k8s.Models;

namespace Gossip.Kubernetes.Kinds;

/// <summary>Endpoints: those that services derive, and those that users wrote for services without a selector.</summary>
sealed class EndpointsKind : ServedKind
{
    const int AddressesShown = 3;

    public static readonly EndpointsKind Instance = new()
    {
        Kind = "Endpoints",
        Plural = "endpoints",
        Singular = "endpoints",
        ShortName = "ep",
        Model = typeof(V1Endpoints),
    };

    public override IReadOnlyList<Column> Columns { get; } =
    [
        Column.OfName,
        new("Endpoints", (endpoints, _) => AddressesOf(endpoints)),
        Column.OfAge,
    ];

    public override IEnumerable<Entry> List(ClusterIndex cluster)
    {
        var derived = cluster.View.Endpoints.Select(one => one.Service).ToHashSet();
        return cluster.View.Endpoints.Select(one => new Entry(NameOf(one), () => Show(one, cluster)))
            .Concat(base.List(cluster).Where(entry => !derived.Contains(ServiceKind.Instance.Name(entry.Name.Namespace, entry.Name.Name))));
    }

    public override string WhyNotWritten(string name, JsonObject shown) =>
        $"endpoints {name} follow the pods of the service {name}: change its selector";

    ObjectName NameOf(EndpointsView endpoints) => Name(endpoints.Service.Namespace, endpoints.Service.Name);

    JsonObject Show(EndpointsView endpoints, ClusterIndex cluster)
    {
        var root = ManifestMapper.ToJson(NameOf(endpoints), ApiVersion, []);
        var metadata = (JsonObject)root["metadata"]!;
        var service = cluster.Find(endpoints.Service);
        if (service is not null)
        {
            metadata["uid"] =
                StableHash.GuidText(StableHash.Mix(service.Uid.Birth.Writer.Value, service.Uid.Birth.Seq), StableHash.Of(Kind));
            metadata["creationTimestamp"] = ShownTime.Of(service.CreatedAt.UnixMilliseconds);
            if (service["metadata.labels"] is { } labels) metadata["labels"] = JsonNode.Parse(labels.Span);
        }
        metadata["resourceVersion"] = ShownObject.Text(endpoints.Version);
        root["subsets"] = EndpointSubsets.Of(
            endpoints, service is null ? null : ManifestMapper.ToJson(service).Below("spec", "ports") as JsonArray, cluster);
        return root;
    }

    static string AddressesOf(JsonObject endpoints)
    {
        var all = (endpoints["subsets"] as JsonArray ?? []).SelectMany(subset =>
            (subset.Below("addresses") as JsonArray ?? []).SelectMany(address =>
                subset.Below("ports") is JsonArray { Count: > 0 } ports
                    ? ports.Select(port => $"{address.Below("ip").AsText()}:{Cells.Number(port.Below("port"))}")
                    : [address.Below("ip").AsText()])).ToArray();
        var text = string.Join(",", all.Take(AddressesShown));
        return all.Length > AddressesShown ? $"{text} + {all.Length - AddressesShown} more..." : Cells.OrNone(text);
    }
}
