using System.Buffers;
using System.Text.Json;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;

namespace Gossip.Core.Kinds;

/// <summary>A pod by itself: one, and its template is its own fields. Derived pods are shown under this kind too.</summary>
sealed class PodKind : WorkloadKind
{
    public const string Kind = "Pod";

    public override bool IsScaled => false;

    /// <summary>Whether an object of the name is a pod itself, and gives its name to no others.</summary>
    public static bool IsOf(in ObjectName name) => name.Kind == Kind;

    public override WorkloadSpec Derive(
        Func<string, ReadOnlyMemory<byte>> json, IEnumerable<string> paths, PodTemplate? previous, ParsedTemplate? parsed)
    {
        var pod = ParsedTemplate.Read(Together(json, paths), PodTemplateReader.Identity.SpecOnly, parsed);
        return pod.Template is { } only ? new(only, [0], "", "") : new(null, [], pod.Problems[0].Field, pod.Problems[0].Message);
    }

    public override ParsedTemplate ReadTemplate(Func<string, ReadOnlyMemory<byte>> json, IEnumerable<string> paths) =>
        ParsedTemplate.Read(Together(json, paths), PodTemplateReader.Identity.SpecOnly);

    public override string NameOfField(string inTemplate) => inTemplate;

    /// <summary>Its fields put together again.</summary>
    static ReadOnlyMemory<byte> Together(Func<string, ReadOnlyMemory<byte>> json, IEnumerable<string> paths)
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
                    if (!path.StartsWith(parent, StringComparison.Ordinal)) continue;
                    if (path.Length <= parent.Length || path[parent.Length] != '.') continue;
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
