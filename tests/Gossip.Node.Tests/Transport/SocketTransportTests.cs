using System.Net;
using System.Net.Sockets;
using Gossip.Core.Ports;
using Gossip.Core.Wire;
using Gossip.Node.Sealing;
using Gossip.Node.Transport;

namespace Gossip.Node.Tests.Transport;

public sealed class SocketTransportTests : TransportContract
{
    private protected override ITransport Create(Keyring keyring, ushort port = 0, string cluster = "home") =>
        new SocketTransport(new IPEndPoint(IPAddress.Loopback, port), null, cluster, keyring);

    async Task<Socket> DialAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(B.Address.ToEndPoint());
        return socket;
    }

    [Fact]
    public async Task A_datagram_to_a_closed_port_is_told_as_refused()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux tells an unconnected socket");
        var nobody = await NobodyAsync();
        A.Send(nobody, Bytes(10));
        Assert.Equal((nobody, StreamFailure.Refused), await AtA.FailureAsync());

        A.Send(B.Address, Bytes(10)); // and the next one to somebody else is not lost
        Assert.Equal(Bytes(10), (await AtB.DatagramAsync()).Bytes);
    }

    [Fact]
    public async Task A_replayed_datagram_is_rejected()
    {
        using var wire = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        var datagram = new byte[Limits.SealOverhead + 10];
        new Sealer(Keyring, SealContext.ForDatagrams("home")).Seal(Bytes(10), datagram);
        await wire.SendToAsync(datagram, B.Address.ToEndPoint());
        await wire.SendToAsync(datagram, B.Address.ToEndPoint());

        Assert.Equal(Bytes(10), (await AtB.DatagramAsync()).Bytes);
        Assert.Equal(Reject.Replayed, await AtB.RejectAsync());
        Assert.False(AtB.HasMore);
    }

    [Fact]
    public async Task A_recorded_stream_opens_nowhere_else()
    {
        using var first = await DialAsync();
        var challenge = new byte[16];
        await FrameWire.TryFillAsync(first, challenge, default);
        var recorded = new byte[200];
        var sealer = new Sealer(Keyring, SealContext.ForDatagrams("home").ForStream(challenge));
        var hello = new byte[FrameWire.Hello];
        FrameWire.WriteHello(A.Address, hello);
        var length = FrameWire.Seal(sealer, hello, recorded);
        length += FrameWire.Seal(sealer, Bytes(10), recorded.AsSpan(length));
        await FrameWire.WriteAsync(first, recorded.AsMemory(0, length), default);
        Same(A.Address, Bytes(10), await AtB.FrameAsync());

        using var second = await DialAsync();
        await FrameWire.TryFillAsync(second, challenge, default);
        await FrameWire.WriteAsync(second, recorded.AsMemory(0, length), default);
        Assert.Equal(Reject.Forged, await AtB.RejectAsync());
        Assert.False(AtB.HasMore);
    }

    [Theory]
    [InlineData(FrameWire.SessionHelloSealed + 1)]
    [InlineData(int.MaxValue)]
    [InlineData(-1)]
    public async Task A_stranger_that_announces_more_than_a_hello_is_dropped(int length)
    {
        using var stranger = await DialAsync();
        await FrameWire.TryFillAsync(stranger, new byte[16], default);
        await stranger.SendAsync(BitConverter.GetBytes(length));

        Assert.Equal(Reject.TooLarge, await AtB.RejectAsync());
        Assert.Equal(0, await stranger.ReceiveAsync(new byte[1]));
    }

    [Fact]
    public async Task A_silent_stranger_is_dropped()
    {
        using var stranger = await DialAsync();
        await FrameWire.TryFillAsync(stranger, new byte[16], default);
        Assert.Equal(0, await stranger.ReceiveAsync(new byte[1])); // ends by itself
    }

    [Fact]
    public async Task Changed_keys_serve_what_comes_next()
    {
        var fresh = Keyring.Generate();
        ((SocketTransport)B).Use(Keyring.Parse($"{Keyring.Reveal()},{fresh.Reveal()}"));
        ((SocketTransport)A).Use(fresh);
        A.Send(B.Address, Bytes(10));
        Assert.Equal(Bytes(10), (await AtB.DatagramAsync()).Bytes);
        A.SendFrame(B.Address, Bytes(20));
        Assert.Equal(Bytes(20), (await AtB.FrameAsync()).Bytes);
    }

    [Fact]
    public void A_taken_port_says_so() =>
        Assert.Equal(SocketError.AddressAlreadyInUse, Assert.Throws<SocketException>(() => Create(Keyring, A.Address.Port)).SocketErrorCode);

    [Theory]
    [InlineData("127.0.0.1:80", "127.0.0.1:80")]
    [InlineData("[::ffff:10.1.2.3]:80", "10.1.2.3:80")]
    [InlineData("[2001:db8::5]:65535", "[2001:db8::5]:65535")]
    public void An_address_is_the_same_there_and_back(string text, string expected)
    {
        var address = IPEndPoint.Parse(text).ToNodeAddress();
        Assert.Equal(IPEndPoint.Parse(expected), address.ToEndPoint());
        Assert.Equal(address, address.ToEndPoint().ToNodeAddress());
    }
}
