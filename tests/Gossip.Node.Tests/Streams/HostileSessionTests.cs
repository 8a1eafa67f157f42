using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Gossip.Core.Pods.Access;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Wire;
using Gossip.Node.Sealing;
using Gossip.Node.Streams;
using Gossip.Node.Transport;

namespace Gossip.Node.Tests.Streams;

/// <summary>Who does not keep to the protocol, and who sits on the wire.</summary>
public sealed class HostileSessionTests : SessionFixture
{
    const byte Question = 1, Data = 2, Granted = 4, Size = 5, Done = 6;
    static readonly byte[] Exec = PodQuestionCodec.Write(new ExecQuestion(Place, "main", ["it"], true, false));

    [Theory]
    [InlineData("a question that is none")]
    [InlineData("an answer from who asks")]
    [InlineData("output from who asks")]
    [InlineData("a grant of what was not sent")]
    [InlineData("a size of three bytes")]
    [InlineData("two questions")]
    [InlineData("a frame without a kind")]
    [InlineData("a kind that nobody knows")]
    [InlineData("more input than granted")]
    public async Task A_member_that_does_not_keep_to_the_protocol_is_rejected_and_dropped(string how)
    {
        var ended = new TaskCompletionSource();
        Stub.Exec = async (_, _, cancel) =>
        {
            await Task.Delay(Timeout.Infinite, cancel).ContinueWith(_ => ended.TrySetResult(), TaskScheduler.Default);
            return 0;
        };
        using var line = await A.OpenSessionAsync(B.Address, default);
        if (how == "a question that is none") await line.SendAsync(Question, 0, new byte[] { 0x93, 99 });
        else
        {
            await line.SendAsync(Question, 0, Exec);
            switch (how)
            {
                case "an answer from who asks": await line.SendAsync(Done, 0, new byte[4]); break;
                case "output from who asks": await line.SendAsync(Data, 1, new byte[4]); break;
                case "a grant of what was not sent": await line.SendAsync(Granted, 1, new byte[] { 1, 0, 0, 0 }); break;
                case "a size of three bytes": await line.SendAsync(Size, 0, new byte[3]); break;
                case "two questions": await line.SendAsync(Question, 0, Exec); break;
                case "a frame without a kind": await line.SendAsync(0, 0, default); break;
                case "a kind that nobody knows": await line.SendAsync(200, 0, default); break;
                default:
                    for (var sent = 0; sent <= InputChannel.Window; sent += SealedConnection.Data) await line.SendAsync(Data, 0, new byte[SealedConnection.Data]);
                    break;
            }
        }
        Assert.Equal(Reject.Malformed, await AtB.RejectAsync());
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            while (true) await line.ReceiveAsync(Patience); // until it is dropped
        });
        if (how != "a question that is none") await ended.Task.WaitAsync(Patience, CancellationToken.None);
    }

    [Fact]
    public async Task A_frame_longer_than_any_is_refused_before_it_is_read()
    {
        await using var wire = new Wire(B.Address);
        const int Hello = FrameWire.LengthPrefix + FrameWire.SessionHelloSealed;
        wire.FromAsker = (bytes, position) =>
        {
            if (position <= Hello && position + bytes.Length > Hello + FrameWire.LengthPrefix) BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(Hello - (int)position), int.MaxValue);
        };
        await Assert.ThrowsAsync<PodAccessException>(() => ExecAsync(Quiet(), at: wire.Address));
        Assert.Equal(Reject.TooLarge, await AtB.RejectAsync());
    }

    [Fact]
    public async Task A_stranger_does_not_get_to_ask()
    {
        await using var stranger = Create(Keyring.Generate());
        stranger.Start(new Transport.Arrivals());
        await Assert.ThrowsAsync<PodAccessException>(() => new PodCalls(stranger.OpenSessionAsync).AskAsync("b", B.Address, PodQuestionCodec.Read(Exec), Quiet(), default));
        Assert.Equal(Reject.UnknownKey, await AtB.RejectAsync());
    }

    [Fact]
    public async Task A_recorded_talk_opens_never_again()
    {
        Stub.Exec = (_, _, _) => Task.FromResult(0);
        await using var wire = new Wire(B.Address);
        Assert.Equal(0, await ExecAsync(Quiet(), at: wire.Address));

        Stub.Exec = (_, _, _) => throw new InvalidOperationException("must not run twice");
        using var again = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await again.ConnectAsync(B.Address.ToEndPoint());
        await again.SendAsync(wire.Recorded);
        Assert.Equal(Reject.Forged, await AtB.RejectAsync());
    }

    [Fact]
    public async Task An_answer_that_was_changed_on_the_way_is_not_believed()
    {
        Stub.Exec = (_, _, _) => Task.FromResult(0);
        await using var wire = new Wire(B.Address);
        wire.FromAnswerer = (bytes, position) =>
        {
            if (position + bytes.Length > SealContext.ChallengeLength) bytes[^1] ^= 1;
        };
        Assert.Contains("Forged", (await Assert.ThrowsAsync<PodAccessException>(() => ExecAsync(Quiet(), at: wire.Address))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_an_asker_sent_is_no_answer_when_it_is_sent_back()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var mirroring = Task.Run(async () =>
        {
            using var mirror = await listener.AcceptSocketAsync();
            await mirror.SendAsync(new byte[SealContext.ChallengeLength]);
            var buffer = new byte[4096];
            await mirror.SendAsync(buffer.AsMemory(0, await mirror.ReceiveAsync(buffer)));
            await Assert.ThrowsAsync<SocketException>(async () => // dropped, with more unread
            {
                while (await mirror.ReceiveAsync(buffer) > 0) continue;
                throw new SocketException();
            });
        });
        var refused = await Assert.ThrowsAsync<PodAccessException>(() => ExecAsync(Quiet(), at: ((IPEndPoint)listener.LocalEndpoint).ToNodeAddress()));
        Assert.Contains("Forged", refused.Message, StringComparison.Ordinal);
        await mirroring.WaitAsync(Patience, CancellationToken.None);
    }

    /// <summary>Somebody between the two, who records and may change what passes.</summary>
    sealed class Wire : IAsyncDisposable
    {
        readonly TcpListener listener = new(IPAddress.Loopback, 0);
        readonly NodeAddress to;
        readonly Task relaying;
        readonly MemoryStream recorded = new();

        public Wire(NodeAddress to)
        {
            this.to = to;
            listener.Start();
            Address = ((IPEndPoint)listener.LocalEndpoint).ToNodeAddress();
            relaying = RelayAsync();
        }

        public NodeAddress Address { get; }
        public Action<byte[], long> FromAsker { get; set; } = (_, _) => { };
        public Action<byte[], long> FromAnswerer { get; set; } = (_, _) => { };

        /// <summary>All that the asker sent.</summary>
        public byte[] Recorded
        {
            get
            {
                lock (recorded) return recorded.ToArray();
            }
        }

        async Task RelayAsync()
        {
            using var asker = await listener.AcceptSocketAsync();
            using var answerer = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await answerer.ConnectAsync(to.ToEndPoint());
            await Task.WhenAll(PassAsync(asker, answerer, (bytes, position) =>
            {
                FromAsker(bytes, position);
                lock (recorded) recorded.Write(bytes);
            }), PassAsync(answerer, asker, FromAnswerer));
        }

        static async Task PassAsync(Socket from, Socket into, Action<byte[], long> change)
        {
            var buffer = new byte[64 * 1024];
            try
            {
                var position = 0L;
                while (await from.ReceiveAsync(buffer) is > 0 and var read)
                {
                    var bytes = buffer[..read];
                    change(bytes, position);
                    position += read;
                    await into.SendAsync(bytes);
                }
            }
            catch (SocketException)
            {
            }
            into.Dispose();
        }

        public async ValueTask DisposeAsync()
        {
            listener.Dispose();
            await relaying.ContinueWith(static _ => { }, TaskScheduler.Default).WaitAsync(Patience, CancellationToken.None);
        }
    }
}
