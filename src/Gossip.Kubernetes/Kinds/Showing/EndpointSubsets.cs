using System.Text.Json.Nodes;
using Gossip.Core.View;
using Gossip.Kubernetes.Manifests;

namespace Gossip.Kubernetes.Kinds.Showing;

/// <summary>The addresses of a service's pods. Pods that resolve a named port alike share a subset; most services have one.</summary>
static class EndpointSubsets
{
    /// <param name="ports">The service's; null when it is gone.</param>
    public static JsonArray Of(EndpointsView endpoints, JsonArray? ports, ClusterIndex cluster)
    {
        var pods = cluster.View.Pods
            .Where(pod => pod.Namespace == endpoints.Service.Namespace).ToLookup(pod => pod.Name, StringComparer.Ordinal);
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
        ["targetRef"] = new JsonObject
        {
            ["kind"] = PodKind.Instance.Kind,
            ["namespace"] = @namespace,
            ["name"] = one.PodName,
            ["uid"] = one.PodUid,
        },
    };

    static JsonArray Resolve(JsonArray? ports, PodView? pod)
    {
        var resolved = new JsonArray();
        foreach (var port in ports ?? [])
        {
            var target = port.Below("targetPort") ?? port.Below("port");
            var number = target.AsInteger() ?? pod?.Template.Containers.SelectMany(container => container.Ports)
                .Where(one => one.Name == target.AsText()).Select(one => (long?)one.Number).FirstOrDefault();
            if (number is null) continue;
            var json = new JsonObject();
            if (port.Below("name").AsText() is { Length: > 0 } name) json["name"] = name;
            json["port"] = number;
            json["protocol"] = port.Below("protocol").AsText() is { Length: > 0 } protocol ? protocol : "TCP";
            resolved.Add((JsonNode)json);
        }
        return resolved;
    }
}
