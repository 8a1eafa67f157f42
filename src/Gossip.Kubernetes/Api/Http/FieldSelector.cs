using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gossip.Kubernetes.Api.Http;

/// <summary><c>metadata.name=a,status.phase!=Running</c>, over the fields that Kubernetes selects by.</summary>
sealed class FieldSelector
{
    static readonly Dictionary<string, string[]> Selectable = new(StringComparer.Ordinal)
    {
        [ApiKind.Pod] = ["spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "spec.hostNetwork", "status.phase", "status.podIP", "status.nominatedNodeName"],
        [ApiKind.Event] =
        [
            "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid", "involvedObject.apiVersion",
            "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason", "reportingComponent", "source", "type",
        ],
        [ApiKind.Node] = ["spec.unschedulable"],
        [ApiKind.Namespace] = ["status.phase"],
        [ApiKind.ReplicaSet] = ["status.replicas"],
        [ApiKind.ReplicationController] = ["status.replicas"],
        [ApiKind.Service] = ["spec.clusterIP", "spec.type"],
    };

    public static readonly FieldSelector Everything = new([]);

    readonly List<(string[] Path, string Value, bool Equal)> terms;

    FieldSelector(List<(string[], string, bool)> terms) => this.terms = terms;

    /// <summary>The name that all chosen have, or null: it spares rendering the rest.</summary>
    public string? Name => terms.FirstOrDefault(term => term is { Path: ["metadata", "name"], Equal: true }).Value;

    public static FieldSelector? Parse(ApiKind kind, string text, out string problem)
    {
        problem = "";
        var terms = new List<(string[], string, bool)>();
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var at = part.IndexOfAny(['=', '!']);
            var sign = at < 0 ? "" : part[at..] is ['!', '=', ..] ? "!=" : part[at..] is ['=', '=', ..] ? "==" : part[at] == '=' ? "=" : "";
            if (sign.Length == 0)
            {
                problem = $"invalid field selector '{part}': write field=value or field!=value";
                return null;
            }
            var field = part[..at];
            if (field is not ("metadata.name" or "metadata.namespace") && !Selectable.GetValueOrDefault(kind.Kind, []).Contains(field))
            {
                problem = $"field label not supported: {field}";
                return null;
            }
            terms.Add((field.Split('.'), part[(at + sign.Length)..], sign != "!="));
        }
        return new FieldSelector(terms);
    }

    public bool Matches(JsonObject shown) => terms.TrueForAll(term => string.Equals(Text(shown, term.Path), term.Value, StringComparison.Ordinal) == term.Equal);

    static string Text(JsonNode? node, string[] path)
    {
        foreach (var step in path) node = (node as JsonObject)?[step];
        // The event's source is its component.
        if (node is JsonObject { Count: > 0 } inner) node = inner["component"];
        return node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : node?.ToJsonString() ?? (path is ["spec", "unschedulable"] ? "false" : "");
    }
}
