using System.Collections.Immutable;
using System.Text.Json;
using Gossip.Core.Kinds;
using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Core.Templates;

namespace Gossip.Core.Pods.Configuration;

/// <param name="IsText">Variables may be made of it; <c>binaryData</c> is for files only.</param>
readonly record struct ConfigValue(ReadOnlyMemory<byte> Bytes, bool IsText);

/// <summary>ConfigMaps and Secrets as their pods mean them: keys and bytes. What cannot be read counts as not there.</summary>
sealed class ConfigObjects(Catalog catalog)
{
    /// <summary>In ordinal order of keys; null when there is no such object.</summary>
    public SortedDictionary<string, ConfigValue>? Find(in ConfigRef from, string @namespace)
    {
        if (catalog.Find(new ObjectName(KindOf(from), @namespace, from.Name)) is not { } held) return null;
        var read = new SortedDictionary<string, ConfigValue>(StringComparer.Ordinal);
        // In this order: where a key is there twice, what was written as text counts.
        foreach (var part in from.IsSecret ? SecretParts : ConfigParts)
            foreach (var cell in held.Row)
                if (cell.Field.StartsWith(part, StringComparison.Ordinal) && !cell.IsNull && TryRead(cell.Value, part is "binaryData." || part is "data." && from.IsSecret) is { } bytes)
                    read[cell.Field[part.Length..]] = new ConfigValue(bytes, part is not "binaryData.");
        return read;
    }

    /// <summary>As the kubelet says it.</summary>
    public static string Missing(in ConfigRef from) => $"{(from.IsSecret ? "secret" : "configmap")} \"{from.Name}\" not found";

    public static string KindOf(in ConfigRef from) => from.IsSecret ? SecretKind.Kind : ConfigMapKind.Kind;

    static readonly ImmutableArray<string> SecretParts = ["data.", "stringData."];
    static readonly ImmutableArray<string> ConfigParts = ["binaryData.", "data."];

    static byte[]? TryRead(ReadOnlyMemory<byte> json, bool isBase64)
    {
        try
        {
            var reader = new Utf8JsonReader(json.Span);
            if (!reader.Read() || reader.TokenType != JsonTokenType.String) return null;
            if (isBase64) return reader.TryGetBytesFromBase64(out var bytes) ? bytes : null;
            return System.Text.Encoding.UTF8.GetBytes(reader.GetString()!);
        }
        catch (Exception broken) when (JsonTexts.IsBroken(broken))
        {
            return null;
        }
    }
}
