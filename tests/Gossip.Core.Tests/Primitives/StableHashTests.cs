using Gossip.Core.Primitives;

namespace Gossip.Core.Tests.Primitives;

/// <summary>These numbers are the wire: nodes of two builds must place pods on the ring alike.</summary>
public class StableHashTests
{
    const string FrozenNode1 = "44efd33082bbafeb";
    const string FrozenPod = "d1d4c76bfa0a3bf6";

    [Fact]
    public void Hashes_are_frozen()
    {
        Assert.Equal(StableHash.Of("node-1"), StableHash.Of("node-1"u8));
        Assert.Equal(FrozenNode1, NodeId.Of("node-1").ToString());
        Assert.Equal(FrozenPod, new PodId(new Uid(1, 2), 3, 4).Hash().ToString("x16"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(64)]
    public void Every_byte_counts(int length)
    {
        var bytes = new byte[length];
        var seen = new HashSet<ulong> { StableHash.Of(bytes) };
        for (var i = 0; i < length; i++)
        {
            bytes[i] ^= 1;
            Assert.True(seen.Add(StableHash.Of(bytes)), $"byte {i} of {length} does not count");
            bytes[i] ^= 1;
        }
        Assert.True(seen.Add(StableHash.Of(new byte[length + 1])));
    }

    [Fact]
    public void A_text_longer_than_the_stack_hashes_as_its_bytes()
    {
        var text = new string('ä', 500);
        Assert.Equal(StableHash.Of(System.Text.Encoding.UTF8.GetBytes(text)), StableHash.Of(text));
    }
}
