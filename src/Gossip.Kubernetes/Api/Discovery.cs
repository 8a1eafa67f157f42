using System.Text.Json.Nodes;
using Gossip.Kubernetes.Api.Http;
using Gossip.Kubernetes.Api.Pods;
using Gossip.Kubernetes.Kinds;

namespace Gossip.Kubernetes.Api;

/// <summary>What clients ask first: which version, which groups, which kinds. Never changes while a node runs.</summary>
static class Discovery
{
    /// <summary>The Kubernetes whose API is spoken, and whose words they are.</summary>
    const string Minor = "32";
    public const string Version = "v1.32.0+gossip";

    static readonly string[] Verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

    static readonly (string Group, string Version)[] Groups =
        [.. ServedKinds.All.Select(kind => (kind.Group, kind.Version)).Distinct(), (PodMetrics.Group, PodMetrics.Version)];

    /// <summary>Null for a path that is not of discovery.</summary>
    public static ApiAnswer? Answer(ReadOnlySpan<string> parts, AnswerForm form) => parts switch
    {
        ["version"] => new ApiAnswer(200, VersionInfo()),
        ["api"] => form == AnswerForm.GroupDiscovery ? Aggregated(core: true) : new ApiAnswer(200, new JsonObject
        {
            ["kind"] = "APIVersions",
            ["versions"] = new JsonArray("v1"),
            ["serverAddressByClientCIDRs"] = new JsonArray(),
        }),
        ["apis"] => form == AnswerForm.GroupDiscovery ? Aggregated(core: false) : new ApiAnswer(200, new JsonObject
        {
            ["kind"] = "APIGroupList",
            ["apiVersion"] = "v1",
            ["groups"] = new JsonArray(
                [.. Groups.Where(one => one.Group.Length > 0).Select(one => (JsonNode)Group(one.Group, one.Version))]),
        }),
        ["api", var version] when Has("", version) => ResourceList("", version),
        ["apis", var group] when Groups.Any(one => one.Group == group) =>
            new ApiAnswer(200, WithKind(Group(group, Groups.First(one => one.Group == group).Version))),
        ["apis", var group, var version] when Has(group, version) => ResourceList(group, version),
        _ => null,
    };

    static bool Has(string group, string version) => Groups.Contains((group, version));

    static JsonObject VersionInfo() => new()
    {
        ["major"] = "1",
        ["minor"] = Minor,
        ["gitVersion"] = Version,
        ["gitCommit"] = "",
        ["gitTreeState"] = "clean",
        ["buildDate"] = "1970-01-01T00:00:00Z",
        ["goVersion"] = "",
        ["compiler"] = "dotnet",
        ["platform"] = "linux/amd64",
    };

    static JsonObject WithKind(JsonObject group)
    {
        group["kind"] = "APIGroup";
        group["apiVersion"] = "v1";
        return group;
    }

    static JsonObject Group(string group, string version)
    {
        JsonObject GroupVersion() => new() { ["groupVersion"] = $"{group}/{version}", ["version"] = version };
        return new JsonObject { ["name"] = group, ["versions"] = new JsonArray(GroupVersion()), ["preferredVersion"] = GroupVersion() };
    }

    static ApiAnswer ResourceList(string group, string version) => new(200, new JsonObject
    {
        ["kind"] = "APIResourceList",
        ["apiVersion"] = "v1",
        ["groupVersion"] = group.Length == 0 ? version : $"{group}/{version}",
        ["resources"] = new JsonArray([.. KindsOf(group, version).Select(kind => (JsonNode)new JsonObject
        {
            ["name"] = kind.Plural,
            ["singularName"] = kind.Singular,
            ["namespaced"] = kind.Namespaced,
            ["kind"] = kind.Kind,
            ["verbs"] = Texts(Verbs),
            ["shortNames"] = ShortNamesOf(kind),
            ["categories"] = CategoriesOf(kind),
        }).Concat(KindsOf(group, version).SelectMany(SubresourceList))]),
    });

    /// <summary>By <c>pods/eviction</c> kubectl drain knows that it may evict, and need not delete.</summary>
    static IEnumerable<JsonNode> SubresourceList(ServedKind kind) =>
        from subresource in kind.Subresources
        let told = subresource.Discovered
        where told is not null
        select new JsonObject
        {
            ["name"] = $"{kind.Plural}/{subresource.Name}",
            ["singularName"] = "",
            ["namespaced"] = kind.Namespaced,
            ["group"] = told.Group,
            ["version"] = told.Version,
            ["kind"] = told.Kind,
            ["verbs"] = Texts(told.Verbs),
        };

    static JsonArray SubresourcesOf(ServedKind kind)
    {
        var found = from subresource in kind.Subresources
                    let told = subresource.Discovered
                    where told is not null
                    select (JsonNode)new JsonObject
                    {
                        ["subresource"] = subresource.Name,
                        ["responseKind"] = KindOf(told),
                        ["verbs"] = Texts(told.Verbs),
                    };
        return new JsonArray([.. found]);
    }

    static JsonObject KindOf(DiscoveredSubresource told) =>
        new() { ["group"] = told.Group, ["version"] = told.Version, ["kind"] = told.Kind };

    static ApiAnswer Aggregated(bool core) => new(200, new JsonObject
    {
        ["kind"] = "APIGroupDiscoveryList",
        ["apiVersion"] = "apidiscovery.k8s.io/v2",
        ["metadata"] = new JsonObject(),
        ["items"] = new JsonArray([.. Groups.Where(one => one.Group.Length == 0 == core).Select(one => (JsonNode)new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = one.Group },
            ["versions"] = new JsonArray(new JsonObject
            {
                ["version"] = one.Version,
                ["freshness"] = "Current",
                ["resources"] = new JsonArray([.. KindsOf(one.Group, one.Version).Select(kind => (JsonNode)new JsonObject
                {
                    ["resource"] = kind.Plural,
                    ["responseKind"] = new JsonObject { ["group"] = kind.Group, ["version"] = kind.Version, ["kind"] = kind.Kind },
                    ["scope"] = kind.Namespaced ? "Namespaced" : "Cluster",
                    ["singularResource"] = kind.Singular,
                    ["verbs"] = Texts(Verbs),
                    ["shortNames"] = ShortNamesOf(kind),
                    ["categories"] = CategoriesOf(kind),
                    ["subresources"] = SubresourcesOf(kind),
                })]),
            }),
        })]),
    })
    { ContentType = Accepts.GroupDiscoveryType };

    static IEnumerable<ServedKind> KindsOf(string group, string version) =>
        ServedKinds.All.Where(kind => kind.Group == group && kind.Version == version);

    /// <summary>What <c>kubectl get all</c> asks for.</summary>
    static JsonArray CategoriesOf(ServedKind kind) => kind.IsInAll ? Texts(["all"]) : [];

    static JsonArray ShortNamesOf(ServedKind kind) => kind.ShortName.Length == 0 ? [] : Texts([kind.ShortName]);

    static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);
}
