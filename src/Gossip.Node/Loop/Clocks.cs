using System.Diagnostics;
using Gossip.Core.Primitives;

namespace Gossip.Node.Loop;

/// <summary>Both clocks of this process. The monotonic one begins with the first use.</summary>
static class Clocks
{
    static readonly long origin = Stopwatch.GetTimestamp();

    public static Now Read() => new(
        new Instant(Stopwatch.GetElapsedTime(origin).Ticks),
        new WallTime(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()));
}
