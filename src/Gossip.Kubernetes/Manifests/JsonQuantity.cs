using System.Text.Json;
using System.Text.Json.Nodes;
using Gossip.Core.Primitives;

namespace Gossip.Kubernetes.Manifests;

/// <summary>Amounts in documents.</summary>
static class JsonQuantity
{
    /// <summary>In thousandths; null when it is no amount, or beyond what is taken.</summary>
    public static long? Milli(JsonNode? value) => Quantity.TryReadMilli(Text(value), out var milli, out _) ? milli : null;

    /// <summary>In whole units, rounded up.</summary>
    public static long? Whole(JsonNode? value) => Quantity.TryReadWhole(Text(value), out var whole, out _) ? whole : null;

    /// <summary>An amount is text or a number.</summary>
    public static string Text(JsonNode? value) =>
        value is JsonValue text && text.GetValueKind() == JsonValueKind.String ? text.GetValue<string>() : value?.ToJsonString() ?? "";
}
