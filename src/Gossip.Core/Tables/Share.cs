using System.Globalization;
using System.Text.Json;

namespace Gossip.Core.Tables;

/// <summary>A number of pods, or a percentage of them: what Kubernetes calls IntOrString.</summary>
/// <param name="Value">0 or greater; of a percentage at most 100.</param>
readonly record struct Share(int Value, bool IsPercent)
{
    /// <summary>Of so many pods. A percentage is rounded up, for what must be there and for what may be missing alike, as in Kubernetes.</summary>
    public int Of(int pods) => IsPercent ? (int)(((long)pods * Value + 99) / 100) : Value;

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture) + (IsPercent ? "%" : "");

    /// <summary>From <c>3</c> or <c>"50%"</c>; null for anything else.</summary>
    public static Share? TryRead(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            if (!reader.Read()) return null;
            if (reader.TokenType == JsonTokenType.Number) return reader.TryGetInt32(out var count) && count >= 0 ? new Share(count, false) : null;
            if (reader.TokenType != JsonTokenType.String || reader.GetString() is not [.. var digits, '%']) return null;
            return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var percent) && percent <= 100 ? new Share(percent, true) : null;
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
