using Gossip.Core.Membership;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Wire;
using MessagePack;

namespace Gossip.Node.Tests.Hosting;

/// <summary>What a peer, or somebody who plays its old datagrams again, can make of a start.</summary>
public sealed class NameCheckTests
{
    static readonly NodeAddress Own = At(1), Seed = At(2), Third = At(3);

    static NodeAddress At(ushort port) => NodeAddress.V4(0x7F000001, port);

    [Fact]
    public async Task The_holder_itself_has_to_answer_and_it_is_asked_where_others_say_it_is()
    {
        var net = new Net((to, query) => to == Seed
            ? new NameAnswer(query.Node, Third, IsMine: false, query.Nonce)
            : new NameAnswer(query.Node, Third, IsMine: true, query.Nonce));
        Assert.Equal(Third, await net.Check.FindHolderAsync([Seed], default));
        Assert.Equal([Seed, Third], net.Asked.Distinct());
    }

    [Fact]
    public async Task An_answer_to_an_earlier_question_is_none()
    {
        var net = new Net((_, query) => new NameAnswer(query.Node, Seed, IsMine: true, query.Nonce + 1));
        Assert.Null(await net.Check.FindHolderAsync([Seed], default));
    }

    [Fact]
    public async Task A_holder_that_is_said_to_be_where_this_node_listens_is_its_own_last_life()
    {
        var net = new Net((_, query) => new NameAnswer(query.Node, Own, IsMine: false, query.Nonce));
        Assert.Null(await net.Check.FindHolderAsync([Seed, Own], default));
        Assert.Equal([Seed], net.Asked.Distinct());
    }

    [Fact]
    public async Task A_seed_whose_port_refuses_is_not_waited_for()
    {
        var net = new Net((_, _) => null);
        Assert.Null(await net.Check.FindHolderAsync([Seed], default));
        Assert.Single(net.Asked); // a second question would have come with the next try
    }

    /// <summary>Answers each query at once; null refuses.</summary>
    sealed class Net : ITransport
    {
        readonly Func<NodeAddress, NameQuery, NameAnswer?> answer;

        public Net(Func<NodeAddress, NameQuery, NameAnswer?> answer)
        {
            this.answer = answer;
            Check = new NameCheck(new Nobody(), this, "a");
        }

        public NameCheck Check { get; }
        public List<NodeAddress> Asked { get; } = [];
        public NodeAddress Address => Own;

        public void Send(NodeAddress to, ReadOnlySpan<byte> datagram)
        {
            Asked.Add(to);
            ReadOnlyMemory<byte> rest = datagram[Limits.EnvelopeHeader..].ToArray();
            Assert.True(Envelope.TryNext(ref rest, out _, out var body, out _));
            var reader = new MessagePackReader(body);
            if (answer(to, NameQuery.Read(ref reader)) is not { } told)
            {
                Check.StreamFailed(to, StreamFailure.Refused);
                return;
            }
            var reply = new WireBuffer(64);
            Envelope.WriteHeader(reply, NodeId.Of("b"), 1);
            Envelope.Append(reply, told);
            Check.DatagramArrived(to, reply.Written);
        }

        public void Start(IArrivals arrivals) => throw new InvalidOperationException("it is told by hand");
        public void SendFrame(NodeAddress to, ReadOnlySpan<byte> frame) => throw new InvalidOperationException("no frame is sent");
        public ValueTask DisposeAsync() => default;
    }

    /// <summary>The loop, which gets nothing before the check is over.</summary>
    sealed class Nobody : IArrivals
    {
        public void DatagramArrived(NodeAddress from, ReadOnlySpan<byte> payload) => Assert.Fail("the check is not over");
        public void StreamFailed(NodeAddress to, StreamFailure why) => Assert.Fail("the check is not over");
        public void Rejected(NodeAddress from, Reject why) { }

        public ValueTask FrameArrivedAsync(NodeAddress from, ReadOnlyMemory<byte> payload, CancellationToken cancel) =>
            throw new InvalidOperationException("the check is not over");
    }
}
