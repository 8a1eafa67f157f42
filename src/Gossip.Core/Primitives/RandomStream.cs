namespace Gossip.Core.Primitives;

/// <summary>
/// The generator of all randomness in the core: SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number
/// generators", 2014). One stream for each (node, purpose), so that a draw more in one place moves no draw elsewhere.
/// Not for keys. Not thread-safe: it belongs to the one owner of its node.
/// </summary>
sealed class RandomStream(ulong seed)
{
    ulong state = seed;

    /// <summary>An independent stream for a purpose; the same name from the same seed gives the same stream.</summary>
    public RandomStream For(string purpose) => new(StableHash.Mix(state, StableHash.Of(purpose)));

    public ulong Next()
    {
        var drawn = StableHash.Mix(state);
        state += 0x9E3779B97F4A7C15UL;
        return drawn;
    }

    /// <summary>Uniform in [0, <paramref name="bound"/>); the bias of the multiply-shift is below 2^-32.</summary>
    public int Below(int bound) => (int)((Next() >> 32) * (ulong)bound >> 32);

    /// <summary>Uniform in [0, 1).</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>True with the given probability.</summary>
    public bool Chance(double probability) => Unit() < probability;

    /// <summary>Uniform between the two, for jitter.</summary>
    public TimeSpan Between(TimeSpan least, TimeSpan most) =>
        least + new TimeSpan((long)(Unit() * (most - least).Ticks));

    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = Below(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }
}
