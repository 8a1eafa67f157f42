using System.Text.Json.Nodes;
using Gossip.Kubernetes.Api.Http;
using Gossip.Kubernetes.Kinds;

namespace Gossip.Kubernetes.Api;

/// <summary>As much OpenAPI v3 as kubectl needs to leave validation to the server: that each kind takes <c>fieldValidation</c>.</summary>
static class OpenApi
{
    /// <summary>
    /// A v2 document in protobuf that says <c>swagger: 2.0</c> and knows no schema. kubectl checks <c>kind: List</c> by v2,
    /// and passes what it finds no schema for.
    /// </summary>
    static readonly byte[] EmptyV2 = [0x0a, 3, (byte)'2', (byte)'.', (byte)'0'];

    /// <summary>Null for a path that is not of OpenAPI.</summary>
    public static ApiAnswer? Answer(ReadOnlySpan<string> parts) => parts switch
    {
        ["openapi", "v2"] =>
            new ApiAnswer(200, []) { ContentType = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf", Raw = EmptyV2 },
        ["openapi", "v3"] => new ApiAnswer(200, Index()),
        ["openapi", "v3", "api", var version] => Document("", version),
        ["openapi", "v3", "apis", var group, var version] => Document(group, version),
        _ => null,
    };

    static JsonObject Index()
    {
        var paths = new JsonObject();
        foreach (var root in ServedKinds.All.Select(kind => kind.Root).Distinct())
            paths[root] = new JsonObject { ["serverRelativeURL"] = $"/openapi/v3/{root}?hash={Discovery.Version}" };
        return new JsonObject { ["paths"] = paths };
    }

    static ApiAnswer? Document(string group, string version)
    {
        var kinds = ServedKinds.All.Where(kind => kind.Group == group && kind.Version == version).ToArray();
        if (kinds.Length == 0) return null;
        var (paths, schemas) = (new JsonObject(), new JsonObject());
        foreach (var kind in kinds)
        {
            var collection = $"/{kind.CollectionPath("{namespace}")}";
            paths[collection] = new JsonObject { ["post"] = Operation(kind, "post") };
            // kubectl looks at PATCH alone to learn whether the server validates fields, for every verb.
            paths[$"{collection}/{{name}}"] = new JsonObject { ["put"] = Operation(kind, "put"), ["patch"] = Operation(kind, "patch") };
            schemas[SchemaName(kind)] = new JsonObject
            {
                ["type"] = "object",
                ["x-kubernetes-preserve-unknown-fields"] = true,
                ["x-kubernetes-group-version-kind"] = new JsonArray(GroupVersionKind(kind)),
            };
        }
        return new ApiAnswer(200, new JsonObject
        {
            ["openapi"] = "3.0.0",
            ["info"] = new JsonObject { ["title"] = "Gossip", ["version"] = Discovery.Version },
            ["paths"] = paths,
            ["components"] = new JsonObject { ["schemas"] = schemas },
        });
    }

    static JsonObject Operation(ServedKind kind, string action) => new()
    {
        ["x-kubernetes-action"] = action,
        ["x-kubernetes-group-version-kind"] = GroupVersionKind(kind),
        ["parameters"] = new JsonArray(Parameter("dryRun"), Parameter("fieldManager"), Parameter("fieldValidation")),
        ["responses"] = new JsonObject { ["200"] = new JsonObject { ["description"] = "OK" } },
    };

    static JsonNode Parameter(string name) =>
        new JsonObject { ["name"] = name, ["in"] = "query", ["schema"] = new JsonObject { ["type"] = "string" } };

    static JsonObject GroupVersionKind(ServedKind kind) =>
        new() { ["group"] = kind.Group, ["version"] = kind.Version, ["kind"] = kind.Kind };

    static string SchemaName(ServedKind kind) => $"io.k8s.api.{(kind.Group.Length == 0 ? "core" : kind.Group)}.{kind.Version}.{kind.Kind}";
}
