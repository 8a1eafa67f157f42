using System.Buffers;
using System.Text.Json;
using Gossip.Core.Replication;
using Gossip.Core.Templates;
using Gossip.Core.Turns;

namespace Gossip.Core.Tables;

/// <summary>What a workload object derives: which pods, by ordinal, from which template; or why none.</summary>
/// <param name="Ordinals">Rising. Empty when the template is null.</param>
/// <param name="Field">The object's field that is to blame, when there is a problem.</param>
public sealed record WorkloadSpec(PodTemplate? Template, List<int> Ordinals, string Field, string Problem)
{
    /// <summary>Beyond it a replica count is a typing error: no cluster this design speaks of has as many pods.</summary>
    public const int ReplicasMax = 100_000;

    public static bool IsWorkload(string kind) => kind is "Pod" or "ReplicationController" or "ReplicaSet" or "Deployment";

    /// <summary>The pure function from an object's fields to its pods.</summary>
    /// <param name="json">The value of a field; empty when the object does not have it.</param>
    /// <param name="paths">Every field it has.</param>
    /// <param name="previous">An earlier reading whose template is still the same, to spare reading it again.</param>
    public static WorkloadSpec Read(string kind, Func<string, ReadOnlyMemory<byte>> json, IEnumerable<string> paths, PodTemplate? previous = null)
    {
        if (kind == "Pod")
        {
            var pod = PodTemplateReader.TryRead(PodJson(json, paths), out var broken, PodTemplateReader.Identity.SpecOnly);
            return pod is null ? new(null, [], broken.Field, broken.Message) : new(pod, [0], "", "");
        }
        var replicas = ReadReplicas(json(Fields.Replicas));
        if (replicas is < 0 or > ReplicasMax) return new(null, [], Fields.Replicas, $"is not a whole number from 0 to {ReplicasMax}");
        var template = previous;
        if (template is null)
        {
            var cell = json(Fields.Template);
            if (cell.IsEmpty) return new(null, [], Fields.Template, "is missing");
            template = PodTemplateReader.TryRead(cell, out var problem);
            if (template is null) return new(null, [], problem.Field.Length == 0 ? Fields.Template : $"{Fields.Template}.{problem.Field}", problem.Message);
        }
        return new(template, OrdinalRanges.Read(json(Fields.Skip)).Smallest(replicas), "", "");
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
