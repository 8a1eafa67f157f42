using System.Globalization;
using System.Text.Json.Nodes;
using Gossip.Kubernetes.Manifests;

namespace Gossip.Kubernetes.Kinds.Showing;

/// <summary>Spans as kubectl prints them: two units while they are short, one when they are long.</summary>
static class Ages
{
    public static string Since(JsonNode? time, DateTimeOffset now) =>
        DateTimeOffset.TryParse(time.AsText(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var then)
            ? Format(now - then)
            : "<unknown>";

    /// <summary>Source: k8s.io/apimachinery duration.HumanDuration, its thresholds.</summary>
    public static string Format(TimeSpan span)
    {
        var seconds = (long)span.TotalSeconds;
        if (seconds < -1) return "<invalid>";
        if (seconds < 120) return $"{Math.Max(0, seconds)}s";
        var minutes = seconds / 60;
        if (minutes < 10) return Two(minutes, "m", seconds % 60, "s");
        if (minutes < 180) return $"{minutes}m";
        var hours = minutes / 60;
        if (hours < 8) return Two(hours, "h", minutes % 60, "m");
        if (hours < 48) return $"{hours}h";
        if (hours < 192) return Two(hours / 24, "d", hours % 24, "h");
        var days = hours / 24;
        if (days < 730) return $"{days}d";
        return days < 2920 ? Two(days / 365, "y", days % 365, "d") : $"{days / 365}y";
    }

    static string Two(long great, string unit, long small, string below) => small == 0 ? $"{great}{unit}" : $"{great}{unit}{small}{below}";
}
