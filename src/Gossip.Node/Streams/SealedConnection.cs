using System.Net.Sockets;
using System.Security.Cryptography;
using Gossip.Core.Primitives;
using Gossip.Core.Wire;
using Gossip.Node.Sealing;
using Gossip.Node.Transport;

namespace Gossip.Node.Streams;

/// <summary>
/// Sealed frames both ways over one connection. Each direction is sealed by itself, with its own nonces and its own
/// order, and bound to the challenge of whoever reads it: nothing of it opens elsewhere, later, or mirrored.
/// Sends come from any thread and never mix; only one may receive.
/// </summary>
sealed class SealedConnection(Socket socket, FrameReader reader, Sealer sealer, params IDisposable[] more) : IDisposable
{
    /// <summary>What one frame carries: enough for full speed, little to wait for behind another's.</summary>
    public const int TextMax = Data + 2;
    public const int Data = 32 * 1024;

    /// <summary>The peer always reads, so that a send which takes longer means that it is gone.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    readonly SemaphoreSlim sending = new(1);
    readonly byte[] text = new byte[TextMax], closed = new byte[FrameWire.LengthPrefix + TextMax + Limits.SealOverhead];

    /// <summary>When it last sent, in milliseconds of <see cref="Environment.TickCount64"/>.</summary>
    public long LastSent { get; private set; }

    /// <param name="stop">Ends reading for good.</param>
    public static async Task<SealedConnection> ConnectAsync(
        NodeAddress to, NodeAddress self, SealContext context, Keyring keyring, CancellationToken stop, CancellationToken cancel)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop, cancel);
        deadline.CancelAfter(FrameWire.Handshake);
        var point = to.ToEndPoint();
        var socket = new Socket(point.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(point, deadline.Token).ConfigureAwait(false);
            var challenge = new byte[SealContext.ChallengeLength];
            if (!await FrameWire.TryFillAsync(socket, challenge, deadline.Token).ConfigureAwait(false))
                throw new ConnectionLost("the connection ended at once: the node may be busy");
            var mine = RandomNumberGenerator.GetBytes(SealContext.ChallengeLength);
            var hello = new byte[FrameWire.SessionHello];
            FrameWire.WriteHello(self, hello);
            mine.CopyTo(hello, FrameWire.Hello);
            var opener = new Opener(keyring, context.ForReply(challenge, mine), new InTurn(), TextMax + Limits.SealOverhead);
            var connection = new SealedConnection(
                socket, new FrameReader(socket, opener, stop), new Sealer(keyring, context.ForStream(challenge)), opener, socket);
            await connection.SendRawAsync(hello, deadline.Token).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends one frame: a kind, a channel and what it carries.</summary>
    /// <exception cref="ConnectionLost">The peer is gone.</exception>
    public async ValueTask SendAsync(byte kind, byte channel, ReadOnlyMemory<byte> body)
    {
        await sending.WaitAsync().ConfigureAwait(false);
        try
        {
            using var deadline = new CancellationTokenSource(Patience); // of a frame sent by half nobody could read the rest
            text[0] = kind;
            text[1] = channel;
            body.CopyTo(text.AsMemory(2));
            await SendRawAsync(text.AsMemory(0, 2 + body.Length), deadline.Token).ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            Close(); // perhaps in the middle of a frame: nobody could read the next
            throw new ConnectionLost("the other node is gone", gone);
        }
        finally
        {
            sending.Release();
        }
    }

    /// <summary>The next frame, valid until the next receive.</summary>
    /// <exception cref="EndOfStreamException">The peer closed.</exception>
    /// <exception cref="OperationCanceledException">Nothing came for so long, or this node stops.</exception>
    public async Task<(ReadOnlyMemory<byte> Text, Reject Why)> ReceiveAsync(TimeSpan within)
    {
        reader.Free(); // nothing is held while it waits
        var length = await reader.ReadLengthAsync(within).ConfigureAwait(false);
        return length is < 0 or > TextMax + Limits.SealOverhead ? (default, Reject.TooLarge)
            : await reader.ReadBodyAsync(length, FrameWire.WholeFrame).ConfigureAwait(false);
    }

    /// <summary>Ends it, for the one who receives too.</summary>
    public void Close() => socket.Dispose();

    public void Dispose()
    {
        socket.Dispose();
        reader.Dispose();
        sealer.Dispose();
        foreach (var part in more) part.Dispose();
    }

    async ValueTask SendRawAsync(ReadOnlyMemory<byte> frame, CancellationToken cancel)
    {
        LastSent = Environment.TickCount64;
        var length = FrameWire.Seal(sealer, frame.Span, closed);
        await FrameWire.WriteAsync(socket, closed.AsMemory(0, length), cancel).ConfigureAwait(false);
    }
}
