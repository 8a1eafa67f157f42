using System.Buffers;
using System.Net.Sockets;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Node.Sealing;

namespace Gossip.Node.Transport;

/// <summary>
/// The one connection to a peer: frames wait in order in a bounded queue, the connection opens for the first and
/// stays open a while after the last. A frame that fails on a connection kept from before is tried once on a new one; when that
/// fails too, all that wait are lost and the peer's address is told why.
/// </summary>
sealed class StreamToPeer(NodeAddress to, NodeAddress self, SealContext context, Func<Keyring> keyring, IArrivals arrivals)
{
    /// <summary>Waiting for one peer: sixteen of the greatest frames. More means that it does not keep up.</summary>
    public const int MostQueuedBytes = 16 * FrameWire.SealedMax;

    public enum Queued { Yes, Full, Closed }

    readonly Queue<(byte[] Rented, int Length)> queue = [];
    readonly SemaphoreSlim waiting = new(0);
    long bytes;
    bool closed;
    Socket? socket;
    Sealer? sealer;

    public Queued TryQueue(ReadOnlySpan<byte> frame)
    {
        lock (queue)
        {
            if (closed) return Queued.Closed;
            if (bytes + frame.Length > MostQueuedBytes) return Queued.Full;
            var rented = ArrayPool<byte>.Shared.Rent(frame.Length);
            frame.CopyTo(rented);
            queue.Enqueue((rented, frame.Length));
            bytes += frame.Length;
        }
        waiting.Release();
        return Queued.Yes;
    }

    /// <summary>Delivers until idle or cancelled; the stream is closed then, and another takes its place.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        try
        {
            while (await waiting.WaitAsync(FrameWire.SenderIdle, cancel).ConfigureAwait(false) || !TryClose())
            {
                if (!TryTake(out var frame)) continue; // lost with an earlier one
                try
                {
                    if (await DeliverAsync(frame.Rented.AsMemory(0, frame.Length), cancel).ConfigureAwait(false) is { } failure)
                    {
                        LoseAll();
                        arrivals.StreamFailed(to, failure);
                    }
                }
                finally
                {
                    ArrayPool<byte>.Shared.Return(frame.Rented);
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
        finally
        {
            lock (queue) closed = true;
            LoseAll();
            Disconnect();
        }
    }

    async Task<StreamFailure?> DeliverAsync(ReadOnlyMemory<byte> frame, CancellationToken cancel)
    {
        while (true)
        {
            var kept = socket is not null;
            try
            {
                if (kept && socket!.Poll(0, SelectMode.SelectRead)) Disconnect(); // the peer never speaks: it closed
                if (socket is null)
                {
                    kept = false;
                    await ConnectAsync(cancel).ConfigureAwait(false);
                }
                await WriteAsync(frame, FrameWire.WholeFrame, cancel).ConfigureAwait(false);
                return null;
            }
            catch (Exception failed) when (!cancel.IsCancellationRequested && failed is SocketException or OperationCanceledException or IOException)
            {
                Disconnect();
                if (kept) continue;
                return failed is SocketException { SocketErrorCode: SocketError.ConnectionRefused } ? StreamFailure.Refused : StreamFailure.Unreachable;
            }
        }
    }

    async Task ConnectAsync(CancellationToken cancel)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(FrameWire.Handshake);
        var point = to.ToEndPoint();
        socket = new Socket(point.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(point, deadline.Token).ConfigureAwait(false);
        var challenge = new byte[SealContext.ChallengeLength];
        if (!await FrameWire.TryFillAsync(socket, challenge, deadline.Token).ConfigureAwait(false))
            throw new IOException("the stream ended before its challenge");
        sealer = new Sealer(keyring(), context.ForStream(challenge));
        var hello = new byte[FrameWire.Hello];
        FrameWire.WriteHello(self, hello);
        await WriteAsync(hello, FrameWire.Handshake, cancel).ConfigureAwait(false);
    }

    async Task WriteAsync(ReadOnlyMemory<byte> frame, TimeSpan within, CancellationToken cancel)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(within);
        var buffer = ArrayPool<byte>.Shared.Rent(frame.Length + FrameWire.LengthPrefix + Core.Wire.Limits.SealOverhead);
        try
        {
            var length = FrameWire.Seal(sealer!, frame.Span, buffer);
            await FrameWire.WriteAsync(socket!, buffer.AsMemory(0, length), deadline.Token).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    bool TryTake(out (byte[] Rented, int Length) frame)
    {
        lock (queue)
        {
            if (!queue.TryDequeue(out frame)) return false;
            bytes -= frame.Length;
            return true;
        }
    }

    bool TryClose()
    {
        lock (queue) return closed = queue.Count == 0;
    }

    void LoseAll()
    {
        while (TryTake(out var frame)) ArrayPool<byte>.Shared.Return(frame.Rented);
    }

    void Disconnect()
    {
        socket?.Dispose();
        sealer?.Dispose();
        socket = null;
        sealer = null;
    }
}
