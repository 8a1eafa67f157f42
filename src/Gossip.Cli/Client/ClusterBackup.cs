using System.Text.Json.Nodes;

namespace Gossip.Cli.Client;

/// <summary>
/// What a cluster is wanted to run, as documents that <c>apply</c> takes: everything that somebody wrote, without what the cluster
/// derives from it (pods of workloads, endpoints, events, status) and without what belongs to this cluster alone (uids, versions).
/// Nodes are not in it: their labels, taints and cordons belong to machines.
/// </summary>
sealed record ClusterBackup(JsonArray Documents)
{
    static readonly string[] NotWanted = ["Endpoints", "Event", "Node", "NodeMetrics", "PodMetrics"];
    static readonly string[] OfThisCluster =
        ["uid", "resourceVersion", "generation", "creationTimestamp", "selfLink", "managedFields", "ownerReferences"];

    /// <summary>How many objects of each kind, in the order of the kinds' names.</summary>
    public IReadOnlyList<(string Kind, int Count)> Kinds =>
        [.. Documents.CountBy(document => document.Text("kind")).OrderBy(kind => kind.Key, StringComparer.Ordinal)
            .Select(kind => (kind.Key, kind.Value))];

    /// <summary>One <c>List</c>, namespaces first.</summary>
    public JsonObject ToList() => new() { ["apiVersion"] = "v1", ["kind"] = "List", ["items"] = Documents };

    public static async Task<ClusterBackup> OfAsync(NodeClient node, CancellationToken cancel)
    {
        List<JsonObject> documents = [];
        foreach (var (apiVersion, root) in await RootsAsync(node, cancel))
            foreach (var resource in (await node.GetAsync(root, cancel)).Items("resources"))
            {
                var (kind, plural) = (resource.Text("kind"), resource.Text("name"));
                if (NotWanted.Contains(kind) || plural.Contains('/') || !resource.Texts("verbs").Contains("create")) continue;
                foreach (var item in (await node.GetAsync($"{root}/{plural}", cancel)).Items("items"))
                    if (Wanted(item.Fields(), apiVersion, kind) is { } document) documents.Add(document);
            }
        return new ClusterBackup(
            [.. documents.OrderByDescending(document => document.Text("kind") == "Namespace").Select(document => (JsonNode)document)]);
    }

    static async Task<IReadOnlyList<(string ApiVersion, string Root)>> RootsAsync(NodeClient node, CancellationToken cancel)
    {
        var groups = (await node.GetAsync("apis", cancel)).Items("groups");
        return
        [
            ("v1", "api/v1"),
            .. groups.Select(group => group.Part("preferredVersion").Text("groupVersion")).Select(version => (version, $"apis/{version}")),
        ];
    }

    /// <summary>Null for what the cluster made by itself.</summary>
    static JsonObject? Wanted(JsonObject shown, string apiVersion, string kind)
    {
        var metadata = shown.Part("metadata").Fields();
        if (metadata["ownerReferences"] is JsonArray { Count: > 0 } || metadata["deletionTimestamp"] is not null) return null;
        if (metadata["creationTimestamp"] is null) return null; // every cluster has it, as the namespace default
        if (kind == "PriorityClass" && metadata.Text("name").StartsWith("system-", StringComparison.Ordinal)) return null; // likewise
        var wanted = shown.DeepClone().AsObject();
        (wanted["apiVersion"], wanted["kind"]) = (apiVersion, kind);
        wanted.Remove("status");
        foreach (var field in OfThisCluster) wanted["metadata"]!.AsObject().Remove(field);
        if (kind == "Pod" && wanted["spec"] is JsonObject spec)
        {
            spec.Remove("nodeName"); // where it went here; who wants it on one node says so by a selector
            spec.Remove("priority"); // follows from its class
        }
        return wanted;
    }
}
