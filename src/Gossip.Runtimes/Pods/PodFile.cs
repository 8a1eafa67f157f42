using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;

namespace Gossip.Runtimes.Pods;

/// <summary>What a pod's folder remembers of it: enough for a later life of the node to take it over.</summary>
sealed record PodFile(string Ip, PodLaunch Launch)
{
    const int Most = 4 << 20; // an object is at most 1 MiB; our own rendering of it is never four times that

    static readonly JsonSerializerOptions Options = new()
    {
        IgnoreReadOnlyProperties = true, // what is computed: an epoch's next, which has a next
        Converters = { new LabelsAsObject(), new ArraysAsArrays() },
    };

    public void Write(string path) => OwnerOnly.Write(path, JsonSerializer.SerializeToUtf8Bytes(this, Options));

    /// <summary>Null when there is no such file or it is not whole.</summary>
    public static PodFile? TryRead(string path)
    {
        try
        {
            if (new FileInfo(path) is not { Exists: true, Length: <= Most }) return null;
            var file = JsonSerializer.Deserialize<PodFile>(File.ReadAllBytes(path), Options);
            return file is { Ip: not null, Launch.Template: not null } ? file : null;
        }
        catch (Exception damaged) when (damaged is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    sealed class LabelsAsObject : JsonConverter<Labels>
    {
        public override Labels Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            Labels.Of(JsonSerializer.Deserialize<Dictionary<string, string>>(ref reader, options) ?? []);

        public override void Write(Utf8JsonWriter writer, Labels labels, JsonSerializerOptions options)
        {
            writer.WriteStartObject();
            foreach (var (key, value) in labels) writer.WriteString(key, value);
            writer.WriteEndObject();
        }
    }

    /// <summary>A default array is written as an empty one, which System.Text.Json would refuse to do.</summary>
    sealed class ArraysAsArrays : JsonConverterFactory
    {
        public override bool CanConvert(Type type) =>
            type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>);

        public override JsonConverter CreateConverter(Type type, JsonSerializerOptions options) =>
            (JsonConverter)Activator.CreateInstance(typeof(Of<>).MakeGenericType(type.GetGenericArguments()))!;

        sealed class Of<T> : JsonConverter<ImmutableArray<T>>
        {
            public override ImmutableArray<T> Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
                [.. JsonSerializer.Deserialize<T[]>(ref reader, options) ?? []];

            public override void Write(Utf8JsonWriter writer, ImmutableArray<T> array, JsonSerializerOptions options) =>
                JsonSerializer.Serialize(writer, array.IsDefault ? [] : array.ToArray(), options);
        }
    }
}
