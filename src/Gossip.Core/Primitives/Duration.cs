using System.Globalization;

namespace Gossip.Core.Primitives;

/// <summary>Durations as people write them: <c>0</c>, <c>500ms</c>, <c>10s</c>, <c>1.5m</c>, <c>2h</c>.</summary>
static class Duration
{
    static readonly (string Suffix, TimeSpan Unit)[] Units =
    [
        ("ms", TimeSpan.FromMilliseconds(1)), ("s", TimeSpan.FromSeconds(1)), ("m", TimeSpan.FromMinutes(1)), ("h", TimeSpan.FromHours(1)),
    ];

    /// <summary>A year is for ever, and keeps the arithmetic of instants from overflowing.</summary>
    static readonly TimeSpan Greatest = TimeSpan.FromDays(365);

    public static bool TryRead(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (text == "0") return true;
        foreach (var (suffix, unit) in Units)
        {
            if (!text.EndsWith(suffix, StringComparison.Ordinal)) continue;
            if (!decimal.TryParse(text.AsSpan(0, text.Length - suffix.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) continue;
            if (number > Greatest.Ticks / unit.Ticks) return false;
            duration = new TimeSpan((long)(number * unit.Ticks));
            return true;
        }
        return false;
    }
}
