using System.Text.Json;
using System.Text.Json.Nodes;
using Gossip.Kubernetes.Api.Http;
using Gossip.Kubernetes.Kinds;
using Gossip.Kubernetes.Manifests;

namespace Gossip.Kubernetes.Watching;

/// <summary>The form in which a client reads objects of a kind: whole, as rows of a table, or their metadata alone.</summary>
/// <param name="Include">What a row holds beside its cells: Object, None, or anything else for the metadata.</param>
sealed record ShownForm(ServedKind Kind, AnswerForm Form, string Include)
{
    const string Meta = "meta.k8s.io/v1";

    public string ContentType => Form == AnswerForm.Table ? "application/json;as=Table;v=v1;g=meta.k8s.io" : "application/json";

    /// <summary>The field of a list that holds its items.</summary>
    public string ItemsField => Form == AnswerForm.Table ? "rows" : "items";

    /// <summary>A list without its items.</summary>
    public JsonObject Head(JsonObject metadata)
    {
        var (kind, version) = Form switch
        {
            AnswerForm.Table => ("Table", Meta),
            AnswerForm.PartialMetadata => ("PartialObjectMetadataList", Meta),
            _ => ($"{Kind.Kind}List", Kind.ApiVersion),
        };
        var head = new JsonObject { ["kind"] = kind, ["apiVersion"] = version, ["metadata"] = metadata };
        if (Form == AnswerForm.Table) head["columnDefinitions"] = Columns();
        return head;
    }

    /// <summary>One of a list's items, as JSON.</summary>
    public ReadOnlyMemory<byte> Item(Shown shown, DateTimeOffset now) =>
        // Items of a typed list do not repeat their kind and version, in Kubernetes; saying both does no harm.
        Form switch
        {
            AnswerForm.Table => Utf8(Row(shown.Parse(), now)),
            AnswerForm.PartialMetadata => Utf8(MetadataOf(shown.Parse())),
            _ => shown.Json,
        };

    /// <summary>An object by itself, as an answer or in an event.</summary>
    public ReadOnlyMemory<byte> Alone(Shown shown, DateTimeOffset now)
    {
        if (Form != AnswerForm.Table) return Item(shown, now);
        var table = Head(new JsonObject { ["resourceVersion"] = shown.Version });
        table["rows"] = new JsonArray(Row(shown.Parse(), now));
        return Utf8(table);
    }

    /// <summary>An object that says nothing but how far a watch has come.</summary>
    public ReadOnlyMemory<byte> Bookmark(string version, bool endsInitial)
    {
        var metadata = new JsonObject { ["resourceVersion"] = version, ["creationTimestamp"] = null };
        if (endsInitial) metadata["annotations"] = new JsonObject { ["k8s.io/initial-events-end"] = "true" };
        var mark = new JsonObject { ["kind"] = Kind.Kind, ["apiVersion"] = Kind.ApiVersion, ["metadata"] = metadata };
        if (Form == AnswerForm.PartialMetadata) return Utf8(MetadataOf(mark));
        if (Form != AnswerForm.Table) return Utf8(mark);
        var table = Head(new JsonObject { ["resourceVersion"] = version });
        var row = new JsonObject { ["cells"] = new JsonArray(), ["object"] = Include == "Object" ? mark : MetadataOf(mark) };
        table["rows"] = new JsonArray(row);
        return Utf8(table);
    }

    JsonArray Columns() => new([.. Kind.Columns.Select(column => (JsonNode)new JsonObject
    {
        ["name"] = column.Name,
        ["type"] = column.Type,
        ["format"] = column.Format,
        ["description"] = "",
        ["priority"] = column.Wide ? 1 : 0,
    })]);

    JsonObject Row(JsonObject shown, DateTimeOffset now)
    {
        var row = new JsonObject { ["cells"] = new JsonArray([.. Kind.Columns.Select(column => column.Cell(shown, now))]) };
        if (Include == "Object") row["object"] = shown;
        else if (Include != "None") row["object"] = MetadataOf(shown);
        return row;
    }

    static JsonObject MetadataOf(JsonObject shown) =>
        new() { ["kind"] = "PartialObjectMetadata", ["apiVersion"] = Meta, ["metadata"] = shown["metadata"]?.DeepClone() };

    static byte[] Utf8(JsonObject json) => JsonSerializer.SerializeToUtf8Bytes(json, ManifestMapper.Plain);
}
