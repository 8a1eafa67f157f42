using Gossip.Core.Disruption;
using Gossip.Core.Leases;
using Gossip.Core.Wire;
using MessagePack;

namespace Gossip.Core.Tests.Leases;

/// <summary>Messages that share a form name themselves when they are malformed, not each other.</summary>
public class LeaseMessageTests
{
    static readonly byte[] empty = [0x90];

    static string FaultOf<T>() where T : IWireMessage<T> =>
        Assert.Throws<MessagePackSerializationException>(() => Codec.Read<T>(empty)).Message;

    [Fact]
    public void A_malformed_message_is_named()
    {
        Assert.Equal("lease: too few fields", FaultOf<LeaseAsk>());
        Assert.Equal("lease: too few fields", FaultOf<LeaseReply>());
        Assert.Equal("lease: too few fields", FaultOf<LeaseEnd>());
        Assert.Equal("vote: too few fields", FaultOf<VoteAsk>());
        Assert.Equal("vote: too few fields", FaultOf<VoteReply>());
        Assert.Equal("eviction: too few fields", FaultOf<EvictionAsk>());
        Assert.Equal("eviction: too few fields", FaultOf<EvictionReply>());
    }
}
