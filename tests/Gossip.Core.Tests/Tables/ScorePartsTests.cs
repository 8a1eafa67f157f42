using FsCheck.Xunit;
using Gossip.Core.Tables;
using Gossip.Core.Wire;
using MessagePack;

namespace Gossip.Core.Tests.Tables;

public class ScorePartsTests
{
    internal static ScoreParts Of(params (int Number, int Value)[] told)
    {
        var parts = default(ScoreParts);
        foreach (var (number, value) in told) parts.Add(number, value);
        return parts;
    }

    static byte[] Bytes(ScoreParts parts)
    {
        var buffer = new WireBuffer();
        var writer = new MessagePackWriter(buffer);
        parts.Write(ref writer);
        writer.Flush();
        return buffer.Written.ToArray();
    }

    static ScoreParts Read(byte[] bytes)
    {
        var reader = new MessagePackReader(bytes);
        return ScoreParts.Read(ref reader, "parts");
    }

    [Property]
    public void What_is_told_comes_back_in_its_order((byte Number, short Value)[] told)
    {
        (int, int)[] bounded = [.. told.Select(part => (part.Number & ScoreParts.NumberMost, (int)part.Value)).Take(ScoreParts.Most)];
        var back = Read(Bytes(Of(bounded)));
        Assert.Equal(Of(bounded), back);
        Assert.Equal(bounded, Enumerable.Range(0, back.Count).Select(at => back[at]));
    }

    [Fact]
    public void They_take_three_bytes_each_and_read_as_people_know_them()
    {
        var parts = Of((0, 979), (2, 996), (ScoreParts.NumberMost, 499), (40, 7));
        Assert.InRange(Bytes(parts).Length, 1, 1 + 3 * parts.Count);
        Assert.Equal("least-allocated 979, balanced 996, fragmentation +499, score-40 7", parts.ToString());
        Assert.Equal("", default(ScoreParts).ToString());
    }

    /// <summary>Numbers are the wire: a score that is put between others would be read under another's name.</summary>
    [Fact]
    public void A_score_keeps_its_number() => Assert.Equal(
        ["least-allocated", "most-allocated", "balanced", "spread", "node-affinity", "preferred-taints", "pod-affinity", "topology-spread", "image-locality", null],
        Enumerable.Range(0, 10).Select(ScoreNames.Of));

    [Fact]
    public void What_a_hostile_node_tells_beyond_the_bounds_is_malformed()
    {
        Assert.Contains("too many", Assert.Throws<MessagePackSerializationException>(() => Read([0x9D, .. Enumerable.Repeat((byte)1, 13)])).Message, StringComparison.Ordinal);
        Assert.Throws<EndOfStreamException>(() => Read([0xDD, 0x7F, 0xFF, 0xFF, 0xFF]));
        Assert.Contains("out of range", Assert.Throws<MessagePackSerializationException>(() => Read([0x91, 0xD2, 0x7F, 0xFF, 0xFF, 0xFF])).Message, StringComparison.Ordinal);
        Assert.Contains("out of range", Assert.Throws<MessagePackSerializationException>(() => Read([0x91, 0xD2, 0x80, 0, 0, 0])).Message, StringComparison.Ordinal);
        Assert.ThrowsAny<MessagePackSerializationException>(() => Read([0x91, 0xA1, (byte)'x']));
        Assert.ThrowsAny<Exception>(() => Read([0x92, 1]));
    }
}
