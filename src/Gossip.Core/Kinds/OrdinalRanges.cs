using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Gossip.Core.Primitives;

namespace Gossip.Core.Kinds;

/// <summary>
/// The ordinals that a workload leaves out: those of the pods that scale-downs chose. Sorted, apart, inclusive ranges;
/// as JSON <c>[[3,3],[7,12]]</c>.
/// </summary>
sealed class OrdinalRanges
{
    /// <summary>Ranges a cell may hold: 100,000 ordinals, every second one left out.</summary>
    const int RangesMax = 50_000;

    public static readonly OrdinalRanges None = new([]);

    readonly ImmutableArray<(int From, int To)> ranges;

    OrdinalRanges(ImmutableArray<(int From, int To)> ranges) => this.ranges = ranges;

    public bool IsEmpty => ranges.IsEmpty;

    /// <summary>Of ordinals in rising order.</summary>
    public static OrdinalRanges Of(IEnumerable<int> ordinals)
    {
        var ranges = ImmutableArray.CreateBuilder<(int From, int To)>();
        foreach (var ordinal in ordinals)
            if (ranges.Count > 0 && ranges[^1].To >= ordinal - 1) ranges[^1] = (ranges[^1].From, Math.Max(ranges[^1].To, ordinal));
            else ranges.Add((ordinal, ordinal));
        return ranges.Count == 0 ? None : new OrdinalRanges(ranges.DrainToImmutable());
    }

    /// <summary>Every ordinal left out, rising.</summary>
    public IEnumerable<int> Ordinals()
    {
        foreach (var (from, to) in ranges)
            for (var ordinal = from; ordinal <= to; ordinal++)
                yield return ordinal;
    }

    /// <summary>The so many smallest ordinals that are not left out, rising.</summary>
    public List<int> Smallest(int count)
    {
        var kept = new List<int>(count);
        int next = 0, range = 0;
        while (kept.Count < count)
        {
            if (range < ranges.Length && next >= ranges[range].From)
            {
                next = Math.Max(next, ranges[range].To + 1);
                range++;
            }
            else kept.Add(next++);
        }
        return kept;
    }

    public byte[] ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            foreach (var (from, to) in ranges)
            {
                writer.WriteStartArray();
                writer.WriteNumberValue(from);
                writer.WriteNumberValue(to);
                writer.WriteEndArray();
            }
            writer.WriteEndArray();
        }
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Anything that is not such ranges leaves nothing out: then the smallest ordinals count, everywhere alike.</summary>
    public static OrdinalRanges Read(ReadOnlyMemory<byte> json)
    {
        if (json.IsEmpty) return None;
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Array || document.RootElement.GetArrayLength() > RangesMax) return None;
            var ranges = ImmutableArray.CreateBuilder<(int From, int To)>();
            foreach (var pair in document.RootElement.EnumerateArray())
            {
                if (pair.ValueKind != JsonValueKind.Array || pair.GetArrayLength() != 2) return None;
                if (!pair[0].TryGetInt32(out var from) || !pair[1].TryGetInt32(out var to)) return None;
                var after = ranges.Count == 0 ? 0 : ranges[^1].To + 1;
                if (from < after || to < from || to > 1 << 30) return None;
                ranges.Add((from, to));
            }
            return new OrdinalRanges(ranges.DrainToImmutable());
        }
        catch (Exception broken) when (JsonTexts.IsBroken(broken))
        {
            return None;
        }
    }
}
