using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Gossip.Kubernetes.Manifests;

/// <summary>The text is no YAML or JSON that we take.</summary>
sealed class BadText(Position at, string message) : Exception(message)
{
    public Position At { get; } = at;
}

/// <summary>
/// Builds JSON trees from YamlDotNet's event stream. Not its object model: that one lets the last duplicate key win,
/// rewrites numbers and expands aliases without bound. Plain scalars resolve as Kubernetes' own reader (go-yaml 2) does.
/// </summary>
sealed class YamlTree
{
    readonly Parser parser;
    readonly Dictionary<JsonNode, Position> positions;
    readonly Dictionary<string, (JsonNode? Node, int Size)> anchors = new(StringComparer.Ordinal);
    int nodes;

    public YamlTree(string text, Dictionary<JsonNode, Position> positions)
    {
        this.positions = positions;
        parser = new Parser(new StringReader(text));
    }

    /// <summary>The next document, null for an empty one; false at the end.</summary>
    /// <exception cref="BadText"/>
    public bool TryRead(out JsonNode? document, out Position at)
    {
        document = null;
        at = default;
        if (parser.Current is null) Next();
        if (parser.Current is StreamStart) Next();
        if (parser.Current is not DocumentStart) return false;
        Next();
        anchors.Clear();
        nodes = 0;
        at = Here();
        document = Read(0);
        Next();
        return true;
    }

    /// <summary>For some texts the parser throws what it should not (InvalidOperationException): that too is bad text.</summary>
    void Next()
    {
        try
        {
            parser.MoveNext();
        }
        catch (YamlException e)
        {
            throw new BadText(At(e.Start), $"is not YAML: {e.InnerException?.Message ?? e.Message}");
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or IndexOutOfRangeException or OverflowException)
        {
            throw new BadText(Here(), "is not YAML: something after this place cannot be read");
        }
    }

    JsonNode? Read(int depth)
    {
        if (depth > ManifestLimits.Depth) throw Bad($"nests deeper than {ManifestLimits.Depth} levels");
        Count(1);
        var before = nodes;
        var at = Here();
        if (parser.Current is AnchorAlias alias) return Expand(alias);
        var start = parser.Current as NodeEvent ?? throw Bad("is not YAML: a value was expected");
        JsonNode? node = start switch
        {
            Scalar scalar => ReadScalar(scalar),
            SequenceStart => ReadSequence(depth),
            MappingStart => ReadMapping(depth),
            _ => throw Bad("is not YAML: a value was expected"),
        };
        if (node is not null) positions[node] = at;
        if (!start.Anchor.IsEmpty) anchors[start.Anchor.Value] = (node, nodes - before + 1);
        return node;
    }

    JsonNode? Expand(AnchorAlias alias)
    {
        if (!anchors.TryGetValue(alias.Value.Value, out var anchor)) throw Bad($"the alias *{alias.Value.Value} has no anchor before it");
        Count(anchor.Size);
        Next();
        return anchor.Node?.DeepClone();
    }

    JsonValue? ReadScalar(Scalar scalar)
    {
        var value = Resolve(scalar);
        Next();
        return value;
    }

    JsonArray ReadSequence(int depth)
    {
        Next();
        var items = new JsonArray();
        while (parser.Current is not SequenceEnd) items.Add(Read(depth + 1));
        Next();
        return items;
    }

    JsonObject ReadMapping(int depth)
    {
        Next();
        var fields = new JsonObject();
        List<JsonObject>? merged = null;
        while (parser.Current is not MappingEnd)
        {
            if (parser.Current is not Scalar key) throw Bad("a key must be plain text");
            var at = Here();
            Next();
            if (key is { Value: "<<", Style: ScalarStyle.Plain })
            {
                (merged ??= []).AddRange(Merged(Read(depth + 1), at));
                continue;
            }
            if (fields.ContainsKey(key.Value)) throw new BadText(at, $"the key '{key.Value}' appears twice: keep one");
            fields[key.Value] = Read(depth + 1);
        }
        Next();
        foreach (var (name, value) in merged?.SelectMany(source => source) ?? [])
            if (!fields.ContainsKey(name)) fields[name] = value?.DeepClone();
        return fields;
    }

    static IEnumerable<JsonObject> Merged(JsonNode? value, Position at) => value switch
    {
        JsonObject one => [one],
        JsonArray many when many.All(item => item is JsonObject) => many.Select(item => (JsonObject)item!),
        _ => throw new BadText(at, "a merge key (<<) takes a mapping, or a list of mappings"),
    };

    JsonValue? Resolve(Scalar scalar)
    {
        var tag = scalar.Tag.IsEmpty ? "" : scalar.Tag.Value;
        if (tag is "!" or "tag:yaml.org,2002:str") return JsonValue.Create(scalar.Value);
        if (tag.Length > 0
            && tag is not ("tag:yaml.org,2002:int" or "tag:yaml.org,2002:float" or "tag:yaml.org,2002:bool" or "tag:yaml.org,2002:null"))
            throw Bad($"the tag {tag} means nothing here: leave it out");
        if (tag.Length == 0 && scalar.Style != ScalarStyle.Plain) return JsonValue.Create(scalar.Value);
        return YamlScalar.Resolve(scalar.Value, out var problem) is var value && problem is null ? value : throw Bad(problem);
    }

    void Count(int more)
    {
        nodes += more;
        if (nodes > ManifestLimits.Nodes)
            throw Bad(string.Create(CultureInfo.InvariantCulture, $"has more than {ManifestLimits.Nodes} values, its aliases spelled out"));
    }

    BadText Bad(string message) => new(Here(), message);
    Position Here() => parser.Current is { } now ? At(now.Start) : default;
    static Position At(Mark mark) => new((int)mark.Line, (int)mark.Column);
}
