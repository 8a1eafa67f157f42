using System.Globalization;
using System.Text.Json.Nodes;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Templates;
using Gossip.Kubernetes.Api.Http;
using Gossip.Kubernetes.Kinds;
using Gossip.Kubernetes.Kinds.Showing;
using Gossip.Kubernetes.Manifests;

namespace Gossip.Kubernetes.Api;

/// <summary>Answers GETs from one view: an object, a list, or either as a table.</summary>
sealed class Reader(ClusterIndex cluster, DateTimeOffset now)
{
    public ApiAnswer Get(ServedKind kind, string @namespace, string name, AnswerForm form, string include)
    {
        if (Find(kind, @namespace, name) is not { } found) return Statuses.NotFound(kind, name);
        return form == AnswerForm.Table ? Table(kind, [found], include) : new ApiAnswer(200, found);
    }

    public ApiAnswer List(ServedKind kind, Choice choice, AnswerForm form, string include)
    {
        var chosen = Choose(kind, choice);
        if (form == AnswerForm.Table) return Table(kind, chosen, include);
        var head = new JsonObject { ["kind"] = $"{kind.Kind}List", ["apiVersion"] = kind.ApiVersion, ["metadata"] = ListMetadata() };
        // Items of a typed list do not repeat its kind and version, in Kubernetes; saying both does no harm.
        return new ApiAnswer(200, head, "items", chosen);
    }

    public JsonObject? Find(ServedKind kind, string @namespace, string name)
    {
        var wanted = kind.Name(@namespace, name);
        foreach (var entry in kind.List(cluster))
            if (entry.Name == wanted) return entry.Render();
        return null;
    }

    /// <summary>Rendered one by one, as they are asked for.</summary>
    public IEnumerable<JsonObject> Choose(ServedKind kind, Choice choice)
    {
        foreach (var entry in kind.List(cluster))
        {
            if (choice.Namespace.Length > 0 && entry.Name.Namespace != choice.Namespace) continue;
            if (choice.Fields.Name is { } only && entry.Name.Name != only) continue;
            var shown = entry.Render();
            if (choice.Labels.IsEmpty || choice.Labels.Matches(Labels.Of(shown.Below("metadata", "labels").AsTexts())))
                if (choice.Fields.Matches(shown)) yield return shown;
        }
    }

    ApiAnswer Table(ServedKind kind, IEnumerable<JsonObject> rows, string include) => new(200, new JsonObject
    {
        ["kind"] = "Table",
        ["apiVersion"] = "meta.k8s.io/v1",
        ["metadata"] = ListMetadata(),
        ["columnDefinitions"] = new JsonArray([.. kind.Columns.Select(column => (JsonNode)new JsonObject
        {
            ["name"] = column.Name,
            ["type"] = column.Type,
            ["format"] = column.Format,
            ["description"] = "",
            ["priority"] = column.Wide ? 1 : 0,
        })]),
    }, "rows", rows.Select(row => Row(kind, row, include)))
    { ContentType = "application/json;as=Table;v=v1;g=meta.k8s.io" };

    JsonNode Row(ServedKind kind, JsonObject row, string include)
    {
        var json = new JsonObject { ["cells"] = new JsonArray([.. kind.Columns.Select(column => column.Cell(row, now))]) };
        if (include == "Object") json["object"] = row;
        else if (include != "None")
            json["object"] = new JsonObject
            {
                ["kind"] = "PartialObjectMetadata",
                ["apiVersion"] = "meta.k8s.io/v1",
                ["metadata"] = row["metadata"]?.DeepClone(),
            };
        return json;
    }

    JsonObject ListMetadata() => new() { ["resourceVersion"] = cluster.View.Version.ToString(CultureInfo.InvariantCulture) };
}
