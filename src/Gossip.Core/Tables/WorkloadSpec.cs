using System.Buffers;
using System.Text.Json;
using Gossip.Core.Replication;
using Gossip.Core.Templates;
using Gossip.Core.Turns;

namespace Gossip.Core.Tables;

/// <summary>What a workload object derives: which pods, by ordinal, from which template; or why none.</summary>
/// <param name="Ordinals">Rising. Empty when the template is null.</param>
/// <param name="Field">The object's field that is to blame, when there is a problem.</param>
sealed record WorkloadSpec(PodTemplate? Template, List<int> Ordinals, string Field, string Problem)
{
    /// <summary>Beyond it a replica count is a typing error: no cluster this design speaks of has as many pods.</summary>
    public const int ReplicasMax = 100_000;

    public static bool IsWorkload(string kind) => kind is "Pod" or "ReplicationController" or "ReplicaSet" or "Deployment";

    /// <summary>The pure function from an object's fields to its pods.</summary>
    /// <param name="json">The value of a field; empty when the object does not have it.</param>
    /// <param name="paths">Every field it has.</param>
    /// <param name="previous">An earlier reading whose template is still the same, to spare reading it again.</param>
    /// <param name="parsed">What the template was read as on its way in; it counts where its bytes are the same.</param>
    public static WorkloadSpec Read(
        string kind, Func<string, ReadOnlyMemory<byte>> json, IEnumerable<string> paths,
        PodTemplate? previous = null, ParsedTemplate? parsed = null)
    {
        if (kind == "Pod")
        {
            var pod = ParsedTemplate.Read(PodJson(json, paths), PodTemplateReader.Identity.SpecOnly, parsed);
            return pod.Template is { } only ? new(only, [0], "", "") : new(null, [], pod.Problems[0].Field, pod.Problems[0].Message);
        }
        var replicas = ReadReplicas(json(Fields.Replicas));
        if (replicas is < 0 or > ReplicasMax) return new(null, [], Fields.Replicas, $"is not a whole number from 0 to {ReplicasMax}");
        var template = previous;
        if (template is null)
        {
            var cell = json(Fields.Template);
            if (cell.IsEmpty) return new(null, [], Fields.Template, "is missing");
            var read = ParsedTemplate.Read(cell, PodTemplateReader.Identity.WholeTemplate, parsed);
            if (read.Template is null)
            {
                var (field, message) = read.Problems[0];
                return new(null, [], field.Length == 0 ? Fields.Template : $"{Fields.Template}.{field}", message);
            }
            template = read.Template;
        }
        return new(template, OrdinalRanges.Read(json(Fields.Skip)).Smallest(replicas), "", "");
    }

    /// <summary>Reads the template of an object that is submitted; null when its kind has none, or it says none.</summary>
    public static ParsedTemplate? ReadTemplate(string kind, IReadOnlyCollection<ObjectField> fields)
    {
        if (!IsWorkload(kind)) return null;
        ReadOnlyMemory<byte> Json(string path) =>
            fields.FirstOrDefault(field => string.Equals(field.Path, path, StringComparison.Ordinal)).Json;
        if (kind == "Pod")
            return ParsedTemplate.Read(PodJson(Json, fields.Select(field => field.Path)), PodTemplateReader.Identity.SpecOnly);
        return Json(Fields.Template) is { IsEmpty: false } cell
            ? ParsedTemplate.Read(cell, PodTemplateReader.Identity.WholeTemplate)
            : null;
    }

    /// <summary>A missing count is 1, as in Kubernetes; -1 is none at all.</summary>
    public static int ReadReplicas(ReadOnlyMemory<byte> json)
    {
        if (json.IsEmpty || json.Span.SequenceEqual("null"u8)) return 1;
        return System.Buffers.Text.Utf8Parser.TryParse(json.Span, out int replicas, out var read) && read == json.Length ? replicas : -1;
    }

    /// <summary>A bare pod's template is itself: its fields put together again.</summary>
    static ReadOnlyMemory<byte> PodJson(Func<string, ReadOnlyMemory<byte>> json, IEnumerable<string> paths)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }))
        {
            writer.WriteStartObject();
            foreach (var parent in (string[])["metadata", "spec"])
            {
                writer.WriteStartObject(parent);
                foreach (var path in paths)
                {
                    if (!path.StartsWith(parent, StringComparison.Ordinal) || path.Length <= parent.Length || path[parent.Length] != '.') continue;
                    if (json(path) is not { IsEmpty: false } value) continue;
                    writer.WritePropertyName(path.AsSpan(parent.Length + 1));
                    writer.WriteRawValue(value.Span, skipInputValidation: true); // reading it back validates it
                }
                writer.WriteEndObject();
            }
            writer.WriteEndObject();
        }
        return buffer.WrittenMemory;
    }
}
