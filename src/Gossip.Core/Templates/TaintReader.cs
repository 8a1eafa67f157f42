using System.Collections.Immutable;
using System.Text.Json;
using Gossip.Core.Primitives;

namespace Gossip.Core.Templates;

/// <summary>From a node's <c>spec.taints</c> as JSON to taints; items that are none are left out.</summary>
static class TaintReader
{
    public static TaintEffect? ReadEffect(string? text) => text switch
    {
        "NoSchedule" => TaintEffect.NoSchedule,
        "PreferNoSchedule" => TaintEffect.PreferNoSchedule,
        "NoExecute" => TaintEffect.NoExecute,
        _ => null,
    };

    /// <summary>Reads <c>key=value:Effect</c> or <c>key:Effect</c>.</summary>
    public static bool TryParse(string text, out Taint taint)
    {
        taint = default;
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || ReadEffect(text[(colon + 1)..]) is not { } effect) return false;
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals == 0) return false;
        taint = equals > 0 && equals < colon ? new Taint(text[..equals], text[(equals + 1)..colon], effect)
            : new Taint(text[..colon], "", effect);
        return true;
    }

    public static ImmutableArray<Taint> Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Array) return [];
            var taints = ImmutableArray.CreateBuilder<Taint>();
            foreach (var item in document.RootElement.EnumerateArray())
                if (JsonTexts.Text(item, "key") is { Length: > 0 } key && ReadEffect(JsonTexts.Text(item, "effect")) is { } effect)
                    taints.Add(new Taint(key, JsonTexts.Text(item, "value") ?? "", effect));
            return taints.DrainToImmutable();
        }
        catch (Exception broken) when (JsonTexts.IsBroken(broken))
        {
            return [];
        }
    }
}
