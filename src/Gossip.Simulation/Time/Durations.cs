namespace Gossip.Simulation.Time;

/// <summary>So that scenarios read as sentences: <c>10.Seconds()</c>.</summary>
public static class Durations
{
    public static TimeSpan Milliseconds(this int count) => TimeSpan.FromMilliseconds(count);
    public static TimeSpan Seconds(this int count) => TimeSpan.FromSeconds(count);
    public static TimeSpan Minutes(this int count) => TimeSpan.FromMinutes(count);
}
