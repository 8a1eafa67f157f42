using Gossip.Core.Primitives;
using MessagePack;

namespace Gossip.Core.Replication;

/// <summary>
/// Which writes a replica has ever seen. Of each writer it keeps the greatest seq below which nothing is missing
/// (the base) and the islands above it, so that its size follows writers and gaps, not writes. A set under union:
/// joins commute, associate and repeat without harm.
/// </summary>
/// <remarks>
/// Source: version vectors with exceptions (Malkhi, Terry, "Concise version vectors in WinFS", 2005), as dotted by
/// Gonçalves et al., "DottedDB", 2017. Equal sets always have equal form, so that one hash compares them.
/// </remarks>
sealed class CausalContext
{
    /// <summary>No writer gets this far; a greater seq on the wire is damage, and would overflow the arithmetic here.</summary>
    public const ulong SeqMost = 1UL << 62;

    readonly SortedList<WriterId, Seen> writers = [];
    ulong hash;
    bool hashIsStale = true;

    public int Writers => writers.Count;

    /// <summary>How many runs of dots stand apart from their writer's base.</summary>
    public int Islands
    {
        get
        {
            var islands = 0;
            foreach (var seen in writers.Values) islands += seen.Islands.Count;
            return islands;
        }
    }

    public bool Covers(Dot dot) => writers.TryGetValue(dot.Writer, out var seen) && seen.Covers(dot.Seq);

    /// <summary>The greatest seq seen of a writer; 0 for none.</summary>
    public ulong Greatest(WriterId writer) => writers.TryGetValue(writer, out var seen) ? seen.Greatest : 0;

    /// <summary>True when the dot is news.</summary>
    public bool Add(Dot dot) => Add(dot.Writer, dot.Seq, dot.Seq);

    /// <summary>The union with another context; true when it brought news.</summary>
    public bool Join(CausalContext other)
    {
        var news = false;
        foreach (var (writer, seen) in other.writers)
        {
            if (seen.Base > 0) news |= Add(writer, 1, seen.Base);
            foreach (var island in seen.Islands) news |= Add(writer, island.First, island.Last);
        }
        return news;
    }

    /// <summary>Equal for equal contexts. Cheap while nothing changed.</summary>
    public ulong Hash()
    {
        if (!hashIsStale) return hash;
        hash = 0;
        foreach (var (writer, seen) in writers)
        {
            hash = StableHash.Mix(StableHash.Mix(hash, writer.Value), seen.Base);
            foreach (var island in seen.Islands) hash = StableHash.Mix(StableHash.Mix(hash, island.First), island.Last);
        }
        hashIsStale = false;
        return hash;
    }

    /// <summary>One array a writer: its id, its base, then first and last of each island.</summary>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(writers.Count);
        foreach (var (id, seen) in writers)
        {
            writer.WriteArrayHeader(2 + 2 * seen.Islands.Count);
            writer.Write(id.Value);
            writer.Write(seen.Base);
            foreach (var island in seen.Islands)
            {
                writer.Write(island.First);
                writer.Write(island.Last);
            }
        }
    }

    public static CausalContext Read(ref MessagePackReader reader)
    {
        var context = new CausalContext();
        for (var left = reader.ReadArrayHeader(); left > 0; left--)
        {
            var numbers = reader.ReadArrayHeader();
            if (numbers < 2 || numbers % 2 != 0) throw new MessagePackSerializationException("context: a writer has an odd count of numbers");
            var writer = new WriterId(reader.ReadUInt64());
            var upTo = reader.ReadUInt64();
            if (upTo > SeqMost) throw new MessagePackSerializationException("context: base out of range");
            if (upTo > 0) context.Add(writer, 1, upTo);
            for (var i = 2; i < numbers; i += 2)
            {
                ulong first = reader.ReadUInt64(), last = reader.ReadUInt64();
                if (first == 0 || first > last || last > SeqMost) throw new MessagePackSerializationException("context: island out of range");
                context.Add(writer, first, last);
            }
        }
        return context;
    }

    bool Add(WriterId writer, ulong first, ulong last)
    {
        if (!writers.TryGetValue(writer, out var seen)) writers.Add(writer, seen = new Seen());
        if (!seen.Add(first, last)) return false;
        hashIsStale = true;
        return true;
    }

    readonly record struct Run(ulong First, ulong Last);

    sealed class Seen
    {
        /// <summary>Everything from 1 to here has been seen.</summary>
        public ulong Base { get; private set; }

        /// <summary>Ascending; neither touching one another nor the base.</summary>
        public List<Run> Islands { get; } = [];

        public ulong Greatest => Islands.Count > 0 ? Islands[^1].Last : Base;

        public bool Covers(ulong seq)
        {
            if (seq <= Base) return true;
            var at = FirstEndingFrom(seq);
            return at < Islands.Count && Islands[at].First <= seq;
        }

        public bool Add(ulong first, ulong last)
        {
            if (last <= Base) return false;
            if (first <= Base + 1)
            {
                Base = last;
                var reached = 0;
                for (; reached < Islands.Count && Islands[reached].First <= Base + 1; reached++)
                    Base = Math.Max(Base, Islands[reached].Last);
                Islands.RemoveRange(0, reached);
                return true;
            }
            var from = FirstEndingFrom(first - 1);
            if (from < Islands.Count && Islands[from].First <= first && Islands[from].Last >= last) return false;
            var to = from;
            for (; to < Islands.Count && Islands[to].First <= last + 1; to++)
            {
                first = Math.Min(first, Islands[to].First);
                last = Math.Max(last, Islands[to].Last);
            }
            Islands.RemoveRange(from, to - from);
            Islands.Insert(from, new Run(first, last));
            return true;
        }

        int FirstEndingFrom(ulong seq)
        {
            int low = 0, high = Islands.Count;
            while (low < high)
            {
                var middle = (low + high) >>> 1;
                if (Islands[middle].Last < seq) low = middle + 1;
                else high = middle;
            }
            return low;
        }
    }
}
