using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Gossip.Core.Model;
using Gossip.Core.Ports;
using Gossip.Core.Wire;
using Gossip.Node.Sealing;

namespace Gossip.Node.Transport;

/// <summary>
/// Accepts streams and reads their frames. Until a stream has proved by its hello that it knows the key it may hold 63
/// bytes for two seconds; after that a member is trusted with frames, but not with all our memory: of great frames only a
/// few are read at once, the others wait in the senders' kernels.
/// </summary>
sealed class StreamListener(Socket listener, SealContext context, Func<Keyring> keyring, IArrivals arrivals)
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
            using var opener = new Opener(keyring(), context.ForStream(challenge), new InTurn(), FrameWire.SealedMax);
            using var reader = new FrameReader(socket, opener, cancel);

            await socket.SendAsync(challenge, SocketFlags.None, cancel).ConfigureAwait(false);
            var (hello, why) = await reader.ReadAsync(FrameWire.HelloSealed, FrameWire.Handshake).ConfigureAwait(false);
            if (why == Reject.None && hello.Length != FrameWire.Hello) why = Reject.Malformed;
            if (why == Reject.None)
            {
                from = FrameWire.ReadHello(hello.Span);
                Interlocked.Decrement(ref strangers);
                isStranger = false;
            }
            while (why == Reject.None) why = await ServeFrameAsync(reader, from, cancel).ConfigureAwait(false);
            arrivals.Rejected(from, why);
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException or EndOfStreamException)
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

    /// <summary>Reads frames off one stream, each within a time; ends by an exception when it ends or is too slow.</summary>
    sealed class FrameReader(Socket socket, Opener opener, CancellationToken stop) : IDisposable
    {
        readonly byte[] prefix = new byte[FrameWire.LengthPrefix];
        byte[]? closed, opened;

        public async Task<(ReadOnlyMemory<byte> Frame, Reject Why)> ReadAsync(int longest, TimeSpan within)
        {
            var length = await ReadLengthAsync(within).ConfigureAwait(false);
            return length < 0 || length > longest ? (default, Reject.TooLarge) : await ReadBodyAsync(length, within).ConfigureAwait(false);
        }

        public async Task<int> ReadLengthAsync(TimeSpan within)
        {
            await FillAsync(prefix, within).ConfigureAwait(false);
            return BinaryPrimitives.ReadInt32LittleEndian(prefix);
        }

        /// <summary>The frame is valid until <see cref="Free"/>.</summary>
        public async Task<(ReadOnlyMemory<byte> Frame, Reject Why)> ReadBodyAsync(int length, TimeSpan within)
        {
            Free();
            closed = ArrayPool<byte>.Shared.Rent(length);
            opened = ArrayPool<byte>.Shared.Rent(length);
            await FillAsync(closed.AsMemory(0, length), within).ConfigureAwait(false);
            var why = opener.Open(closed.AsSpan(0, length), opened, out var text);
            return (opened.AsMemory(0, text), why);
        }

        public void Free()
        {
            if (closed is not null) ArrayPool<byte>.Shared.Return(closed);
            if (opened is not null) ArrayPool<byte>.Shared.Return(opened);
            closed = opened = null;
        }

        public void Dispose() => Free();

        async Task FillAsync(Memory<byte> buffer, TimeSpan within)
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
            deadline.CancelAfter(within);
            if (!await FrameWire.TryFillAsync(socket, buffer, deadline.Token).ConfigureAwait(false)) throw new EndOfStreamException();
        }
    }
}
