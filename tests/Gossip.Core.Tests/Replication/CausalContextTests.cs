using FsCheck.Xunit;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using MessagePack;

namespace Gossip.Core.Tests.Replication;

public sealed class CausalContextTests
{
    static List<Dot> Dots(RandomStream random)
    {
        var dots = new List<Dot>();
        for (var count = random.Below(60); count > 0; count--)
            dots.Add(new Dot(new WriterId((ulong)random.Below(3) + 1), (ulong)random.Below(40) + 1));
        return dots;
    }

    static CausalContext Of(IEnumerable<Dot> dots)
    {
        var context = new CausalContext();
        foreach (var dot in dots) context.Add(dot);
        return context;
    }

    [Property(MaxTest = 300)]
    public void A_context_is_the_set_of_its_dots_in_whatever_order_they_came(ulong seed)
    {
        var random = new RandomStream(seed);
        var dots = Dots(random);
        var set = dots.ToHashSet();
        var context = new CausalContext();
        var seen = new HashSet<Dot>();
        foreach (var dot in dots) Assert.Equal(seen.Add(dot), context.Add(dot));
        for (ulong writer = 1; writer <= 4; writer++)
            for (ulong seq = 1; seq <= 45; seq++)
                Assert.Equal(set.Contains(new Dot(new WriterId(writer), seq)), context.Covers(new Dot(new WriterId(writer), seq)));
        var shuffled = dots.ToArray();
        random.Shuffle<Dot>(shuffled);
        Assert.Equal(context.Hash(), Of(shuffled).Hash());
    }

    [Property(MaxTest = 300)]
    public void Joining_is_the_union_and_says_whether_it_brought_news(ulong seed)
    {
        var random = new RandomStream(seed);
        List<Dot> a = Dots(random), b = Dots(random);
        CausalContext left = Of(a), right = Of(b);
        var union = Of(a.Concat(b));
        Assert.Equal(b.Except(a).Any(), left.Join(right));
        Assert.Equal(union.Hash(), left.Hash());
        Assert.False(left.Join(right));
        right.Join(Of(a));
        Assert.Equal(union.Hash(), right.Hash());
    }

    [Property(MaxTest = 200)]
    public void A_context_reads_back_as_it_was_written(ulong seed)
    {
        var context = Of(Dots(new RandomStream(seed)));
        Assert.Equal(context.Hash(), WireContext.Read(WireContext.Of(context)).Hash());
    }

    [Fact]
    public void An_island_beyond_all_seqs_is_refused()
    {
        var bytes = new System.Buffers.ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(bytes);
        writer.WriteArrayHeader(1);
        writer.WriteArrayHeader(4);
        foreach (var number in (ulong[])[1, 0, 5, ulong.MaxValue]) writer.Write(number);
        writer.Flush();
        Assert.Throws<MessagePackSerializationException>(() => WireContext.Read(bytes.WrittenMemory));
    }

    [Fact]
    public void Its_size_follows_writers_and_gaps_not_writes()
    {
        var context = new CausalContext();
        for (ulong seq = 10_000; seq >= 1; seq--) context.Add(new Dot(new WriterId(1), seq));
        Assert.Equal(0, context.Islands);
        Assert.Equal(1, context.Writers);
        Assert.True(WireContext.Of(context).Length < 24);
    }
}
