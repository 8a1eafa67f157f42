using Gossip.Core.Primitives;

namespace Gossip.Simulation.Time;

/// <summary>
/// A machine's two clocks. The monotonic one has an origin of its own and runs a little fast or slow; the wall
/// clock runs at the same wrong rate and can be stepped.
/// </summary>
/// <param name="origin">Ticks that the monotonic clock shows when the simulation begins.</param>
/// <param name="drift">By how much it runs fast: 1e-4 is nine seconds a day.</param>
/// <param name="wallAhead">How far the wall clock is ahead of the truth.</param>
internal sealed class SimClock(long origin, double drift, TimeSpan wallAhead)
{
    /// <summary>2026-01-01: a date of the simulation's own, since it may not know today's.</summary>
    public const long Epoch = 1_767_225_600_000;

    TimeSpan ahead = wallAhead;

    public Now At(long virtualTicks)
    {
        var local = virtualTicks + (long)(virtualTicks * drift);
        return new Now(
            new Instant(origin + local),
            new WallTime(Epoch + (local + ahead.Ticks) / TimeSpan.TicksPerMillisecond));
    }

    /// <summary>How many virtual ticks pass while this clock counts <paramref name="local"/>; never ends early.</summary>
    public long Virtual(TimeSpan local) => (long)Math.Ceiling(Math.Max(0, local.Ticks) / (1 + drift));

    /// <summary>Moves the wall clock, as an operator or NTP does. The monotonic clock does not notice.</summary>
    public void Step(TimeSpan by) => ahead += by;
}
