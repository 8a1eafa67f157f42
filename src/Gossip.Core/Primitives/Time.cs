namespace Gossip.Core.Primitives;

/// <summary>A point on a node's monotonic clock, in ticks of 100 ns from an origin that only that node knows.</summary>
public readonly record struct Instant(long Ticks) : IComparable<Instant>
{
    /// <summary>The instant after this one by a span.</summary>
    public static Instant operator +(Instant at, TimeSpan after) => new(at.Ticks + after.Ticks);
    /// <summary>The instant before this one by a span.</summary>
    public static Instant operator -(Instant at, TimeSpan before) => new(at.Ticks - before.Ticks);
    /// <summary>How long it is from the earlier to the later.</summary>
    public static TimeSpan operator -(Instant later, Instant earlier) => new(later.Ticks - earlier.Ticks);
    /// <summary>Earlier.</summary>
    public static bool operator <(Instant a, Instant b) => a.Ticks < b.Ticks;
    /// <summary>Later.</summary>
    public static bool operator >(Instant a, Instant b) => a.Ticks > b.Ticks;
    /// <summary>Earlier or the same.</summary>
    public static bool operator <=(Instant a, Instant b) => a.Ticks <= b.Ticks;
    /// <summary>Later or the same.</summary>
    public static bool operator >=(Instant a, Instant b) => a.Ticks >= b.Ticks;
    /// <inheritdoc/>
    public int CompareTo(Instant other) => Ticks.CompareTo(other.Ticks);
}

/// <summary>The wall clock, in milliseconds since 1970 UTC: for hybrid time and for people, never for a decision.</summary>
public readonly record struct WallTime(long UnixMilliseconds)
{
    /// <summary>As .NET writes a time, in UTC.</summary>
    public DateTimeOffset ToDateTimeOffset() => DateTimeOffset.FromUnixTimeMilliseconds(UnixMilliseconds);
}

/// <summary>
/// Both clocks as the driver read them before it called. Timers, leases and suspicions use
/// <see cref="Monotonic"/>, so that a step of the wall clock fires nothing.
/// </summary>
readonly record struct Now(Instant Monotonic, WallTime Wall);

/// <summary>
/// A hybrid logical stamp: 48 bits of wall milliseconds, 16 bits of a counter. Ordered as a plain number.
/// Source: Kulkarni et al., "Logical Physical Clocks", 2014.
/// </summary>
public readonly record struct Stamp(ulong Value) : IComparable<Stamp>
{
    /// <summary>Before every write.</summary>
    public static readonly Stamp Zero;

    /// <summary>The wall clock of the writer, in milliseconds since 1970.</summary>
    public long UnixMilliseconds => (long)(Value >> 16);

    /// <summary>The first stamp of a millisecond.</summary>
    public static Stamp At(WallTime wall) => new((ulong)Math.Max(0, wall.UnixMilliseconds) << 16);
    /// <inheritdoc/>
    public int CompareTo(Stamp other) => Value.CompareTo(other.Value);
}
