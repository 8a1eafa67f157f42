using System.Text.Json.Nodes;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.View;
using Gossip.Kubernetes.Manifests;

namespace Gossip.Kubernetes.Api.Kinds;

/// <summary>One thing to show, rendered only if it is chosen.</summary>
readonly record struct Entry(ObjectName Name, Func<JsonObject> Render);

/// <param name="Cell">From the rendered object; the time is for ages.</param>
/// <param name="Wide">Shown by <c>-o wide</c> only.</param>
sealed record Column(string Name, Func<JsonObject, DateTimeOffset, JsonNode?> Cell, bool Wide = false, string Type = "string", string Format = "");

/// <summary>How one kind is shown: what there is of it, as Kubernetes' JSON and as kubectl's table.</summary>
abstract class ShownKind(string kind)
{
    public ApiKind Kind { get; } = ApiKind.Of(kind)!;

    /// <summary>As kubectl prints them; names and order are Kubernetes' own.</summary>
    public abstract IReadOnlyList<Column> Columns { get; }

    public abstract IEnumerable<Entry> List(ClusterIndex cluster);

    protected static readonly Column NameColumn = new("Name", (shown, _) => Path(shown, "metadata", "name").AsText(), Format: "name");
    protected static readonly Column AgeColumn = new("Age", (shown, now) => Ages.Since(Path(shown, "metadata", "creationTimestamp"), now));

    /// <summary>The object as sent, with what the server says of any object.</summary>
    protected static JsonObject Base(ObjectView held)
    {
        var root = ManifestMapper.ToJson(held);
        var metadata = (JsonObject)root["metadata"]!;
        metadata["uid"] = held.Uid.ToString();
        metadata["resourceVersion"] = Text(held.Version);
        metadata["generation"] = held.Generation;
        metadata["creationTimestamp"] = Time(held.CreatedAt.UnixMilliseconds);
        if (held.Deleting) metadata["deletionTimestamp"] = Time(held.CreatedAt.UnixMilliseconds);
        return root;
    }

    protected static string Text(ulong version) => version.ToString(System.Globalization.CultureInfo.InvariantCulture);

    protected static string Time(long unixMilliseconds) => ShownTime.Of(unixMilliseconds);

    protected static JsonNode? Path(JsonNode? node, params ReadOnlySpan<string> steps)
    {
        foreach (var step in steps) node = (node as JsonObject)?[step];
        return node;
    }

    protected static long Number(JsonNode? node) => node.AsInteger() ?? 0;

    protected static string OrNone(string text) => text.Length == 0 ? "<none>" : text;

    /// <summary>A map of labels as kubectl prints it.</summary>
    protected static string Pairs(JsonNode? map) => OrNone(string.Join(",", map.AsTexts().Select(pair => $"{pair.Key}={pair.Value}")));
}
