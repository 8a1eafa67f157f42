using Gossip.Core.Primitives;
using Gossip.Core.Scheduling;
using Gossip.Core.Tables;
using Gossip.Core.Tests.Tables;
using Gossip.Core.Wire;
using MessagePack;

namespace Gossip.Core.Tests.Scheduling;

public class MessageTests
{
    static T Pass<T>(T message) where T : IWireMessage<T> => Codec.Read<T>(Body(message));

    static byte[] Body<T>(T message) where T : IWireMessage<T>
    {
        var buffer = new WireBuffer();
        Envelope.Append(buffer, message);
        return buffer.Written[Limits.MessageHeader..].ToArray();
    }

    [Fact]
    public void Every_message_comes_back_as_it_was_sent()
    {
        var run = Some.Run(5, 3);
        Assert.Equal(new Ask(9, run), Pass(new Ask(9, run)));
        var parts = ScorePartsTests.Of((0, 979), (63, -500));
        Assert.Equal(new Bid(9, run, 710, "warmth 500", null, parts), Pass(new Bid(9, run, 710, "warmth 500", null, parts)));
        Assert.Equal(new Refusal(9, run, 4, 5, 60, "full"), Pass(new Refusal(9, run, 4, 5, 60, "full")));
        Assert.Equal(new Refusal(9, run, 4, 5, 60, "stale", new Epoch(7)), Pass(new Refusal(9, run, 4, 5, 60, "stale", new Epoch(7))));
        Assert.Equal(new Award(9, run, new Victory(9, 2)), Pass(new Award(9, run, new Victory(9, 2))));
        Assert.Equal(new Award(9, run, new Victory(9, 2), Some.Run(8)), Pass(new Award(9, run, new Victory(9, 2), Some.Run(8))));
        Assert.Equal(new Verdict(9, run, true, ""), Pass(new Verdict(9, run, true, "")));
        Assert.Equal(new Release(9, run), Pass(new Release(9, run)));
    }

    [Fact]
    public void A_long_reason_is_cut_when_it_is_written()
    {
        var refusal = Pass(new Refusal(1, Some.Run(0), 1, 1, 0, new string('x', 1000)));
        Assert.Equal(160, refusal.Why.Length);
    }

    [Fact]
    public void What_no_node_of_ours_says_is_malformed()
    {
        Assert.Throws<MessagePackSerializationException>(() => Pass(new Bid(1, Some.Run(0), Scoring.BidGreatest + 1, "")));
        Assert.Throws<MessagePackSerializationException>(() => Pass(new Refusal(1, Some.Run(0), 1, 1, -1, "")));
        Assert.ThrowsAny<Exception>(() => Codec.Read<Award>(Body(new Ask(1, Some.Run(0)))));
    }
}
