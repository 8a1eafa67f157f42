using System.Text.Json.Nodes;
using Gossip.Core.Primitives;
using Gossip.Core.View;
using Gossip.Kubernetes.Manifests;

namespace Gossip.Kubernetes.Api.Kinds;

/// <summary>Services, as sent. This version gives out no cluster address and invents none.</summary>
sealed class ShownServices() : ShownKind(ApiKind.Service)
{
    public override IReadOnlyList<Column> Columns { get; } =
    [
        NameColumn,
        new("Type", (service, _) => TypeOf(service)),
        new("Cluster-IP", (service, _) => OrNone(Path(service, "spec", "clusterIP").AsText())),
        new("External-IP", (service, _) => TypeOf(service) switch
        {
            "LoadBalancer" => "<pending>",
            "ExternalName" => Path(service, "spec", "externalName").AsText(),
            _ => OrNone(string.Join(",", (Path(service, "spec", "externalIPs") as JsonArray ?? []).Select(ip => ip.AsText()))),
        }),
        new("Port(s)", (service, _) => OrNone(string.Join(",", (Path(service, "spec", "ports") as JsonArray ?? []).Select(Port)))),
        AgeColumn,
        new("Selector", (service, _) => Pairs(Path(service, "spec", "selector")), Wide: true),
    ];

    public override IEnumerable<Entry> List(ClusterIndex cluster) =>
        cluster.ObjectsOf(ApiKind.Service).Select(held => new Entry(held.Name, () =>
        {
            var root = Base(held);
            root["status"] = new JsonObject { ["loadBalancer"] = new JsonObject() };
            return root;
        }));

    static string TypeOf(JsonObject service) => Path(service, "spec", "type").AsText() is { Length: > 0 } type ? type : "ClusterIP";

    static string Port(JsonNode? port)
    {
        var protocol = port?["protocol"].AsText() is { Length: > 0 } named ? named : "TCP";
        return Number(port?["nodePort"]) is > 0 and var node ? $"{Number(port?["port"])}:{node}/{protocol}" : $"{Number(port?["port"])}/{protocol}";
    }
}

/// <summary>Endpoints: those that services derive, and those that users wrote for services without a selector.</summary>
sealed class ShownEndpoints() : ShownKind(ApiKind.Endpoints)
{
    const int Shown = 3;

    public override IReadOnlyList<Column> Columns { get; } =
    [
        NameColumn,
        new("Endpoints", (endpoints, _) => AddressesOf(endpoints)),
        AgeColumn,
    ];

    public override IEnumerable<Entry> List(ClusterIndex cluster)
    {
        var derived = cluster.View.Endpoints.Select(one => one.Service).ToHashSet();
        return cluster.View.Endpoints.Select(one => new Entry(one.Service with { Kind = ApiKind.Endpoints }, () => Render(one, cluster)))
            .Concat(cluster.ObjectsOf(ApiKind.Endpoints).Where(held => !derived.Contains(held.Name with { Kind = ApiKind.Service })).Select(held => new Entry(held.Name, () => Base(held))));
    }

    static JsonObject Render(EndpointsView endpoints, ClusterIndex cluster)
    {
        var name = endpoints.Service with { Kind = ApiKind.Endpoints };
        var root = ManifestMapper.ToJson(name, "v1", []);
        var metadata = (JsonObject)root["metadata"]!;
        var service = cluster.Find(endpoints.Service);
        if (service is not null)
        {
            metadata["uid"] = StableHash.GuidText(StableHash.Mix(service.Uid.Birth.Writer.Value, service.Uid.Birth.Seq), StableHash.Of(ApiKind.Endpoints));
            metadata["creationTimestamp"] = Time(service.CreatedAt.UnixMilliseconds);
            if (service["metadata.labels"] is { } labels) metadata["labels"] = JsonNode.Parse(labels.Span);
        }
        metadata["resourceVersion"] = Text(endpoints.Version);
        root["subsets"] = Subsets(endpoints, service is null ? null : ManifestMapper.ToJson(service)["spec"]?["ports"] as JsonArray, cluster);
        return root;
    }

    /// <summary>Pods that resolve a named port alike share a subset; most services have one.</summary>
    static JsonArray Subsets(EndpointsView endpoints, JsonArray? ports, ClusterIndex cluster)
    {
        var pods = cluster.View.Pods.Where(pod => pod.Namespace == endpoints.Service.Namespace).ToLookup(pod => pod.Name, StringComparer.Ordinal);
        var subsets = new SortedDictionary<string, (JsonArray Ports, JsonArray Ready, JsonArray NotReady)>(StringComparer.Ordinal);
        foreach (var (one, isReady) in endpoints.Ready.Select(one => (one, true)).Concat(endpoints.NotReady.Select(one => (one, false))))
        {
            var resolved = Resolve(ports, pods[one.PodName].FirstOrDefault());
            var key = resolved.ToJsonString();
            if (!subsets.TryGetValue(key, out var subset)) subsets[key] = subset = (resolved, [], []);
            (isReady ? subset.Ready : subset.NotReady).Add(Address(one, endpoints.Service.Namespace));
        }
        return [.. subsets.Values.Select(subset =>
        {
            var json = new JsonObject();
            if (subset.Ready.Count > 0) json["addresses"] = subset.Ready;
            if (subset.NotReady.Count > 0) json["notReadyAddresses"] = subset.NotReady;
            json["ports"] = subset.Ports;
            return (JsonNode)json;
        })];
    }

    static JsonObject Address(in EndpointView one, string @namespace) => new()
    {
        ["ip"] = one.Ip,
        ["nodeName"] = one.NodeName,
        ["targetRef"] = new JsonObject { ["kind"] = ApiKind.Pod, ["namespace"] = @namespace, ["name"] = one.PodName, ["uid"] = one.PodUid },
    };

    static JsonArray Resolve(JsonArray? ports, PodView? pod)
    {
        var resolved = new JsonArray();
        foreach (var port in ports ?? [])
        {
            var target = port?["targetPort"] ?? port?["port"];
            var number = target.AsInteger() ?? pod?.Template.Containers.SelectMany(container => container.Ports)
                .Where(one => one.Name == target.AsText()).Select(one => (long?)one.Number).FirstOrDefault();
            if (number is null) continue;
            var json = new JsonObject();
            if (port?["name"].AsText() is { Length: > 0 } name) json["name"] = name;
            json["port"] = number;
            json["protocol"] = port?["protocol"].AsText() is { Length: > 0 } protocol ? protocol : "TCP";
            resolved.Add((JsonNode)json);
        }
        return resolved;
    }

    static string AddressesOf(JsonObject endpoints)
    {
        var all = (endpoints["subsets"] as JsonArray ?? []).SelectMany(subset =>
            (subset?["addresses"] as JsonArray ?? []).SelectMany(address =>
                subset?["ports"] is JsonArray { Count: > 0 } ports
                    ? ports.Select(port => $"{address?["ip"].AsText()}:{Number(port?["port"])}")
                    : [address?["ip"].AsText() ?? ""])).ToArray();
        var text = string.Join(",", all.Take(Shown));
        return all.Length > Shown ? $"{text} + {all.Length - Shown} more..." : OrNone(text);
    }
}
