using System.Collections;
using System.Collections.Immutable;

namespace Gossip.Core.Primitives;

/// <summary>A small immutable map of text to text in ordinal order of keys: labels, selectors, environment.</summary>
public sealed class Labels : IEquatable<Labels>, IEnumerable<KeyValuePair<string, string>>
{
    /// <summary>No label.</summary>
    public static readonly Labels Empty = new([]);

    readonly ImmutableArray<KeyValuePair<string, string>> pairs;

    Labels(ImmutableArray<KeyValuePair<string, string>> pairs) => this.pairs = pairs;

    /// <summary>The last value of a repeated key wins.</summary>
    public static Labels Of(IEnumerable<KeyValuePair<string, string>> pairs)
    {
        var inOrder = pairs as KeyValuePair<string, string>[];
        if (inOrder is not null && IsRising(inOrder)) return inOrder.Length == 0 ? Empty : new Labels([.. inOrder]); // as they come from the wire
        var sorted = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in pairs) sorted[key] = value;
        return sorted.Count == 0 ? Empty : new Labels([.. sorted]);
    }

    /// <summary>Labels of these pairs, in any order.</summary>
    public static Labels Of(params (string Key, string Value)[] pairs) =>
        Of(Array.ConvertAll(pairs, pair => KeyValuePair.Create(pair.Key, pair.Value)));

    static bool IsRising(ReadOnlySpan<KeyValuePair<string, string>> pairs)
    {
        for (var i = 1; i < pairs.Length; i++)
            if (string.CompareOrdinal(pairs[i - 1].Key, pairs[i].Key) >= 0) return false;
        return true;
    }

    /// <summary>How many there are.</summary>
    public int Count => pairs.Length;

    /// <summary>The value of a key; null when there is none.</summary>
    public string? this[string key]
    {
        get
        {
            foreach (var pair in pairs)
                if (string.Equals(pair.Key, key, StringComparison.Ordinal)) return pair.Value;
            return null;
        }
    }

    /// <summary>True when every pair of <paramref name="wanted"/> is here.</summary>
    public bool Contains(Labels wanted)
    {
        foreach (var pair in wanted.pairs)
            if (!string.Equals(this[pair.Key], pair.Value, StringComparison.Ordinal)) return false;
        return true;
    }

    /// <summary>These, overlaid with <paramref name="others"/>.</summary>
    public Labels With(Labels others) => others.Count == 0 ? this : Of(pairs.Concat(others.pairs));

    /// <inheritdoc/>
    public bool Equals(Labels? other) => other is not null && pairs.AsSpan().SequenceEqual(other.pairs.AsSpan());
    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Labels);
    /// <inheritdoc/>
    public override int GetHashCode() => pairs.Length == 0 ? 0 : (int)StableHash.Of(pairs[0].Key) ^ pairs.Length;

    /// <summary>Goes through the pairs in the order of their keys.</summary>
    public ImmutableArray<KeyValuePair<string, string>>.Enumerator GetEnumerator() => pairs.GetEnumerator();
    IEnumerator<KeyValuePair<string, string>> IEnumerable<KeyValuePair<string, string>>.GetEnumerator() =>
        ((IEnumerable<KeyValuePair<string, string>>)pairs).GetEnumerator();
    IEnumerator IEnumerable.GetEnumerator() => ((IEnumerable)pairs).GetEnumerator();
    /// <inheritdoc/>
    public override string ToString() => string.Join(',', pairs.Select(pair => $"{pair.Key}={pair.Value}"));
}
