using System.Runtime.InteropServices;

namespace Gossip.Simulation;

/// <summary>
/// Counts how often rare paths ran. A checker that never sees a torn write proves nothing about torn writes, so the
/// suite demands that each of these happened. Named after Antithesis' <c>sometimes</c> assertions.
/// </summary>
public sealed class Sometimes
{
    readonly Dictionary<string, long> counts = new(StringComparer.Ordinal);

    public void Count(string what) => CollectionsMarshal.GetValueRefOrAddDefault(counts, what, out _)++;

    public long this[string what] => counts.GetValueOrDefault(what);

    /// <summary>In ordinal order of what happened.</summary>
    public IReadOnlyDictionary<string, long> Counts => new SortedDictionary<string, long>(counts, StringComparer.Ordinal);

    public void Add(Sometimes others)
    {
        foreach (var (what, count) in others.counts)
            CollectionsMarshal.GetValueRefOrAddDefault(counts, what, out _) += count;
    }
}
