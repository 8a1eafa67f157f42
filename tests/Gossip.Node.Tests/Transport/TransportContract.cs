using System.Threading.Channels;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Wire;
using Gossip.Node.Sealing;

namespace Gossip.Node.Tests.Transport;

/// <summary>The promises of <see cref="ITransport"/>. Every transport's tests derive from it.</summary>
public abstract class TransportContract : IAsyncLifetime
{
    protected Keyring Keyring { get; } = Keyring.Generate();
    private protected Arrivals AtA { get; } = new();
    private protected Arrivals AtB { get; } = new();
    private protected ITransport A { get; private set; } = null!;
    private protected ITransport B { get; private set; } = null!;

    /// <summary>A transport on the loopback; port 0 takes any.</summary>
    private protected abstract ITransport Create(Keyring keyring, ushort port = 0, string cluster = "home");

    public ValueTask InitializeAsync()
    {
        A = Create(Keyring);
        B = Create(Keyring);
        A.Start(AtA);
        B.Start(AtB);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await A.DisposeAsync();
        await B.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected static byte[] Bytes(int length, int seed = 1)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    protected static void Same(NodeAddress from, byte[] bytes, (NodeAddress From, byte[] Bytes) arrived)
    {
        Assert.Equal(from, arrived.From);
        Assert.Equal(bytes, arrived.Bytes);
    }

    /// <summary>An address where nobody listens (any more).</summary>
    protected async Task<NodeAddress> NobodyAsync()
    {
        await using var gone = Create(Keyring);
        return gone.Address;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Limits.DatagramPayload)]
    public async Task A_datagram_arrives_as_it_was_sent_with_the_address_to_answer_to(int length)
    {
        A.Send(B.Address, Bytes(length));
        Same(A.Address, Bytes(length), await AtB.DatagramAsync());

        B.Send(A.Address, Bytes(length, 2));
        Same(B.Address, Bytes(length, 2), await AtA.DatagramAsync());
    }

    [Fact]
    public void A_longer_datagram_is_a_bug_of_ours() =>
        Assert.Throws<InvariantBroken>(() => A.Send(B.Address, new byte[Limits.DatagramPayload + 1]));

    [Fact]
    public void A_longer_frame_is_a_bug_of_ours() =>
        Assert.Throws<InvariantBroken>(() => A.SendFrame(B.Address, new byte[Limits.FramePayload + 1]));

    [Fact]
    public async Task Frames_arrive_in_order_with_the_address_to_answer_to()
    {
        for (var i = 0; i < 50; i++) A.SendFrame(B.Address, Bytes(i * 100, i));
        for (var i = 0; i < 50; i++) Same(A.Address, Bytes(i * 100, i), await AtB.FrameAsync());
    }

    [Fact]
    public async Task The_greatest_frame_arrives()
    {
        A.SendFrame(B.Address, Bytes(Limits.FramePayload));
        var (_, frame) = await AtB.FrameAsync();
        Assert.True(frame.SequenceEqual(Bytes(Limits.FramePayload)));
    }

    [Fact]
    public async Task Frames_both_ways_at_once_do_not_block_each_other()
    {
        for (var i = 0; i < 8; i++)
        {
            A.SendFrame(B.Address, Bytes(400_000, i));
            B.SendFrame(A.Address, Bytes(400_000, i));
        }
        for (var i = 0; i < 8; i++)
        {
            Assert.True((await AtB.FrameAsync()).Bytes.SequenceEqual(Bytes(400_000, i)));
            Assert.True((await AtA.FrameAsync()).Bytes.SequenceEqual(Bytes(400_000, i)));
        }
    }

    [Fact]
    public async Task A_frame_to_nobody_fails_as_refused()
    {
        var nobody = await NobodyAsync();
        A.SendFrame(nobody, Bytes(10));
        Assert.Equal((nobody, StreamFailure.Refused), await AtA.FailureAsync());
    }

    [Fact]
    public async Task A_peer_that_begins_again_on_its_address_gets_the_next_frame()
    {
        A.SendFrame(B.Address, Bytes(10, 1));
        await AtB.FrameAsync();
        var address = B.Address;
        await B.DisposeAsync();
        B = Create(Keyring, address.Port);
        B.Start(AtB);

        A.SendFrame(address, Bytes(10, 2));
        Assert.Equal(Bytes(10, 2), (await AtB.FrameAsync()).Bytes);
    }

    [Fact]
    public async Task What_another_cluster_says_is_rejected_and_not_handed_on()
    {
        await using var stranger = Create(Keyring, cluster: "abroad");
        stranger.Start(new Arrivals());
        stranger.Send(B.Address, Bytes(10));
        Assert.Equal(Reject.WrongCluster, await AtB.RejectAsync());

        stranger.SendFrame(B.Address, Bytes(10));
        Assert.Equal(Reject.WrongCluster, await AtB.RejectAsync());
        Assert.False(AtB.HasMore);
    }

    [Fact]
    public async Task What_another_key_sealed_is_rejected_and_not_handed_on()
    {
        await using var stranger = Create(Keyring.Generate());
        stranger.Start(new Arrivals());
        stranger.Send(B.Address, Bytes(10));
        Assert.Equal(Reject.UnknownKey, await AtB.RejectAsync());

        stranger.SendFrame(B.Address, Bytes(10));
        Assert.Equal(Reject.UnknownKey, await AtB.RejectAsync());
        Assert.False(AtB.HasMore);
    }
}

/// <summary>What arrived at one end, to be awaited.</summary>
sealed class Arrivals : IArrivals
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30); // a bound for broken code, not a measure

    readonly Channel<(NodeAddress, byte[])> datagrams = Channel.CreateUnbounded<(NodeAddress, byte[])>();
    readonly Channel<(NodeAddress, byte[])> frames = Channel.CreateUnbounded<(NodeAddress, byte[])>();
    readonly Channel<(NodeAddress, StreamFailure)> failures = Channel.CreateUnbounded<(NodeAddress, StreamFailure)>();
    readonly Channel<Reject> rejects = Channel.CreateUnbounded<Reject>();

    public bool HasMore => datagrams.Reader.Count + frames.Reader.Count > 0;

    public Task<(NodeAddress From, byte[] Bytes)> DatagramAsync() => datagrams.Reader.ReadAsync().AsTask().WaitAsync(Patience);
    public Task<(NodeAddress From, byte[] Bytes)> FrameAsync() => frames.Reader.ReadAsync().AsTask().WaitAsync(Patience);
    public Task<(NodeAddress To, StreamFailure Why)> FailureAsync() => failures.Reader.ReadAsync().AsTask().WaitAsync(Patience);
    public Task<Reject> RejectAsync() => rejects.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    public void DatagramArrived(NodeAddress from, ReadOnlySpan<byte> payload) => datagrams.Writer.TryWrite((from, payload.ToArray()));

    public ValueTask FrameArrivedAsync(NodeAddress from, ReadOnlyMemory<byte> payload, CancellationToken cancel)
    {
        frames.Writer.TryWrite((from, payload.ToArray()));
        return ValueTask.CompletedTask;
    }

    public void StreamFailed(NodeAddress to, StreamFailure why) => failures.Writer.TryWrite((to, why));
    public void Rejected(NodeAddress from, Reject why) => rejects.Writer.TryWrite(why);
}
