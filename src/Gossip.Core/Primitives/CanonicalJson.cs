using System.Buffers;
using System.Text.Json;

namespace Gossip.Core.Primitives;

/// <summary>
/// One spelling for each JSON value: keys in ordinal order, no white space, members that are null left out (clients
/// add <c>creationTimestamp: null</c> at will), so that equal templates have equal bytes, whoever wrote them.
/// </summary>
static class CanonicalJson
{
    public static ulong Hash(JsonElement value)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer)) Write(value, writer);
        return StableHash.Of(buffer.WrittenSpan);
    }

    public static void Write(JsonElement value, Utf8JsonWriter writer)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var (name, member) in Members(value))
                {
                    writer.WritePropertyName(name);
                    Write(member, writer);
                }
                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray()) Write(item, writer);
                writer.WriteEndArray();
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    /// <summary>The last of a repeated name counts, as for every reader of <see cref="JsonElement"/>.</summary>
    static SortedDictionary<string, JsonElement> Members(JsonElement value)
    {
        var members = new SortedDictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject())
            if (member.Value.ValueKind != JsonValueKind.Null) members[member.Name] = member.Value;
            else members.Remove(member.Name);
        return members;
    }
}
