using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gossip.Kubernetes.Manifests;

/// <summary>Builds JSON trees from a text of one or more JSON values, with places, refusing duplicate keys.</summary>
ref struct JsonTree(ReadOnlySpan<byte> utf8, Dictionary<JsonNode, Position> positions)
{
    readonly ReadOnlySpan<byte> text = utf8;
    Utf8JsonReader reader = new(utf8, new JsonReaderOptions
    {
        AllowMultipleValues = true,
        MaxDepth = ManifestLimits.Depth + 1,
    });
    int nodes;
    int line = 1, lineStart, scanned;

    /// <summary>The next value; false at the end.</summary>
    /// <exception cref="BadText"/>
    public bool TryRead(out JsonNode? document, out Position at)
    {
        document = null;
        at = default;
        nodes = 0;
        try
        {
            if (!reader.Read()) return false;
            at = Here();
            document = ReadValue();
            return true;
        }
        catch (JsonException e)
        {
            var message = e.Message.Split(" LineNumber:", 2)[0].Split(" Path:", 2)[0];
            throw new BadText(new Position((int)(e.LineNumber ?? 0) + 1, (int)(e.BytePositionInLine ?? 0) + 1), $"is not JSON: {message}");
        }
        catch (InvalidOperationException)
        {
            throw new BadText(Here(), "has a text with half a surrogate pair, or one that is not UTF-8");
        }
    }

    JsonNode? ReadValue()
    {
        if (++nodes > ManifestLimits.Nodes) throw new BadText(Here(), $"has more than {ManifestLimits.Nodes} values");
        var at = Here();
        JsonNode? node = reader.TokenType switch
        {
            JsonTokenType.StartObject => ReadObject(),
            JsonTokenType.StartArray => ReadArray(),
            JsonTokenType.String => JsonValue.Create(reader.GetString()!),
            JsonTokenType.Number => JsonNode.Parse(reader.ValueSpan),
            JsonTokenType.True => JsonValue.Create(true),
            JsonTokenType.False => JsonValue.Create(false),
            _ => null,
        };
        if (node is not null) positions[node] = at;
        return node;
    }

    JsonObject ReadObject()
    {
        var fields = new JsonObject();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var key = reader.GetString()!;
            if (fields.ContainsKey(key)) throw new BadText(Here(), $"the key '{key}' appears twice: keep one");
            reader.Read();
            fields[key] = ReadValue();
        }
        return fields;
    }

    JsonArray ReadArray()
    {
        var items = new JsonArray();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) items.Add(ReadValue());
        return items;
    }

    /// <summary>Tokens come in order, so each byte is looked at once.</summary>
    Position Here()
    {
        var start = (int)reader.TokenStartIndex;
        for (; scanned < start; scanned++)
            if (text[scanned] == (byte)'\n') (line, lineStart) = (line + 1, scanned + 1);
        return new Position(line, start - lineStart + 1);
    }
}
