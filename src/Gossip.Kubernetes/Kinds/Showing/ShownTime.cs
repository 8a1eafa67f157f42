using System.Globalization;

namespace Gossip.Kubernetes.Kinds.Showing;

/// <summary>Times as Kubernetes writes them: RFC 3339, whole seconds, UTC.</summary>
static class ShownTime
{
    /// <summary>The last second of the year 9999, for stamps of clocks gone wild.</summary>
    const long Most = 253402300799000;

    public static string Of(long unixMilliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(unixMilliseconds, 0, Most))
            .ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
