using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Gossip.Core.Kinds;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Templates;
using Gossip.Core.View;

namespace Gossip.Node.Workloads;

/// <summary>What a host app's code says of one workload, and the Deployment that it makes of it.</summary>
sealed class Declaration
{
    public const string TextAnnotation = "gossip.dev/declaration", StampAnnotation = "gossip.dev/declared-at";
    public const string Kind = "Deployment", Namespace = "default";

    readonly Workload workload;

    public Declaration(Workload workload)
    {
        this.workload = workload;
        var options = workload.Options;
        Text = new JsonObject
        {
            ["copies"] = workload.Copies,
            ["restart"] = options.RestartPolicy.ToString(),
            ["stopWithin"] = Seconds(options.StopWithin),
            ["spread"] = options.Spread,
            ["labels"] = Json(options.Labels),
        }.ToJsonString();
    }

    public Workload Workload => workload;
    public string Name => workload.Name;

    /// <summary>All of it in one line: two declarations that say the same have the same text.</summary>
    public string Text { get; }

    public static ObjectName NameOf(string workload) => new(Kind, Namespace, workload);

    /// <summary>What an object says of who declared it; null for one that no host app did.</summary>
    public static (string Text, DeclarationStamp Stamp)? Read(ObjectView held)
    {
        if (held[Fields.Annotations] is not { } json || Parse(json) is not { } annotations) return null;
        return TextOf(annotations, StampAnnotation) is { } stamp && DeclarationStamp.TryRead(stamp) is { } read
            ? (TextOf(annotations, TextAnnotation) ?? "", read) : null;
    }

    /// <summary>The object's fields: those of this declaration, and whatever else it has.</summary>
    /// <param name="held">Null for a new one.</param>
    public ImmutableArray<ObjectField> ToFields(DeclarationStamp stamp, ObjectView? held = null)
    {
        var annotations = (held?[Fields.Annotations] is { } json ? Parse(json) : null) ?? [];
        annotations[TextAnnotation] = Text;
        annotations[StampAnnotation] = stamp.ToString();
        var labels = Labels();
        ImmutableArray<ObjectField> own =
        [
            Field(Fields.Labels, labels),
            Field(Fields.Annotations, annotations),
            Field(Fields.Replicas, JsonValue.Create(workload.Copies)),
            Field(Fields.Selector, new JsonObject { ["matchLabels"] = new JsonObject { ["app"] = workload.Name } }),
            Field(Fields.Template, Template(labels)),
        ];
        return held is null ? own : [.. own, .. held.Fields.Where(field => own.All(mine => mine.Path != field.Path))];
    }

    JsonObject Template(JsonObject labels)
    {
        var options = workload.Options;
        var annotations = new JsonObject { ["gossip.dev/handover"] = "stop-first" };
        var spec = new JsonObject
        {
            ["runtimeClassName"] = RuntimeNames.InProcess,
            ["restartPolicy"] = options.RestartPolicy switch { RestartPolicy.OnFailure => "OnFailure", RestartPolicy.Once => "Never", _ =>
                "Always" },
            ["terminationGracePeriodSeconds"] = Seconds(options.StopWithin),
            ["containers"] = new JsonArray(new JsonObject { ["name"] = workload.Name, ["image"] = workload.Name }),
        };
        if (options.Spread)
        {
            annotations["gossip.dev/spread"] = "first";
            spec["topologySpreadConstraints"] = new JsonArray(new JsonObject
            {
                ["maxSkew"] = 1,
                ["topologyKey"] = "kubernetes.io/hostname",
                ["whenUnsatisfiable"] = "ScheduleAnyway",
                ["labelSelector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["app"] = workload.Name } },
            });
        }
        return new JsonObject
        {
            ["metadata"] = new JsonObject { ["labels"] = labels.DeepClone(), ["annotations"] = annotations },
            ["spec"] = spec,
        };
    }

    JsonObject Labels()
    {
        var labels = Json(workload.Options.Labels);
        labels["app"] = workload.Name; // the selector needs it
        return labels;
    }

    static JsonObject Json(IDictionary<string, string> pairs)
    {
        var json = new JsonObject();
        foreach (var (key, value) in pairs.OrderBy(pair => pair.Key, StringComparer.Ordinal)) json[key] = value;
        return json;
    }

    static long Seconds(TimeSpan time) => (long)Math.Ceiling(time.TotalSeconds);

    static JsonObject? Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            return JsonNode.Parse(json.Span) as JsonObject;
        }
        catch (System.Text.Json.JsonException)
        {
            return null; // somebody else's, and not readable
        }
    }

    static string? TextOf(JsonObject annotations, string name) =>
        annotations[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    static ObjectField Field(string path, JsonNode json) => new(path, Encoding.UTF8.GetBytes(json.ToJsonString()));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name}: {Text}");
}
