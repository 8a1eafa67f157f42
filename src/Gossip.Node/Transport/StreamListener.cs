using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Wire;
using Gossip.Node.Sealing;
using Gossip.Node.Streams;

namespace Gossip.Node.Transport;

/// <summary>
/// Accepts streams and reads their frames. Until a stream has proved by its hello that it knows the key it may hold 79
/// bytes for two seconds; after that a member is trusted with frames, but not with all our memory: of great frames only a
/// few are read at once, the others wait in the senders' kernels. A stream whose hello asks for a session is handed on.
/// </summary>
/// <param name="sessions">Takes sessions, each until it ends; null refuses them.</param>
sealed class StreamListener(
    Socket listener, SealContext context, Func<Keyring> keyring, IArrivals arrivals,
    Func<SealedConnection, NodeAddress, CancellationToken, Task<Reject>>? sessions)
{
    /// <summary>Every member of a cluster of a thousand may stream at once.</summary>
    public const int MostStreams = 1024;

    /// <summary>Of which this many may still owe their hello.</summary>
    public const int MostStrangers = 128;

    const int GreatFrame = 64 * 1024;
    readonly SemaphoreSlim greatFrames = new(8); // 8 x 2 buffers x 1.1 MB
    int streams;
    int strangers;

    public async Task AcceptAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
            try
            {
                var socket = await listener.AcceptAsync(cancel).ConfigureAwait(false);
                if (Volatile.Read(ref streams) >= MostStreams || Volatile.Read(ref strangers) >= MostStrangers) socket.Dispose();
                else _ = ServeAsync(socket, cancel);
            }
            catch (SocketException)
            {
                // The one who called hung up already, or we are out of descriptors: give others time to close some.
                await Task.Delay(50, CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
    }

    async Task ServeAsync(Socket socket, CancellationToken cancel)
    {
        Interlocked.Increment(ref streams);
        Interlocked.Increment(ref strangers);
        var isStranger = true;
        var from = NodeAddress.None;
        try
        {
            using var _ = socket;
            socket.NoDelay = true;
            from = ((IPEndPoint)socket.RemoteEndPoint!).ToNodeAddress();
            var challenge = RandomNumberGenerator.GetBytes(SealContext.ChallengeLength);
            var keys = keyring();
            using var opener = new Opener(keys, context.ForStream(challenge), new InTurn(), FrameWire.SealedMax);
            using var reader = new FrameReader(socket, opener, cancel);

            await socket.SendAsync(challenge, SocketFlags.None, cancel).ConfigureAwait(false);
            var (hello, why) = await reader.ReadAsync(FrameWire.SessionHelloSealed, FrameWire.Handshake).ConfigureAwait(false);
            var isSession = hello.Length == FrameWire.SessionHello;
            if (why == Reject.None && hello.Length != FrameWire.Hello && !(isSession && sessions is not null)) why = Reject.Malformed;
            if (why == Reject.None)
            {
                from = FrameWire.ReadHello(hello.Span);
                Interlocked.Decrement(ref strangers);
                isStranger = false;
            }
            if (isSession && why == Reject.None)
            {
                using var connection = new SealedConnection(
                    socket, reader, new Sealer(keys, context.ForReply(challenge, FrameWire.ReadSessionHello(hello.Span))));
                why = await sessions!(connection, from, cancel).ConfigureAwait(false);
                if (why == Reject.None) return;
            }
            while (why == Reject.None) why = await ServeFrameAsync(reader, from, cancel).ConfigureAwait(false);
            arrivals.Rejected(from, why);
        }
        catch (Exception ended) when (
            ended is OperationCanceledException or SocketException or ObjectDisposedException or EndOfStreamException)
        {
            // It closed, was too slow, or we stop.
        }
        finally
        {
            Interlocked.Decrement(ref streams);
            if (isStranger) Interlocked.Decrement(ref strangers);
        }
    }

    async Task<Reject> ServeFrameAsync(FrameReader reader, NodeAddress from, CancellationToken cancel)
    {
        var length = await reader.ReadLengthAsync(FrameWire.ReceiverIdle).ConfigureAwait(false);
        if (length is < 0 or > FrameWire.SealedMax) return Reject.TooLarge;
        var isGreat = length > GreatFrame;
        if (isGreat) await greatFrames.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            var (frame, why) = await reader.ReadBodyAsync(length, FrameWire.WholeFrame).ConfigureAwait(false);
            if (why != Reject.None) return why;
            await arrivals.FrameArrivedAsync(from, frame, cancel).ConfigureAwait(false);
            return Reject.None;
        }
        finally
        {
            reader.Free();
            if (isGreat) greatFrames.Release();
        }
    }
}
