using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;
using Gossip.Core.Wire;
using Gossip.Node.Sealing;

namespace Gossip.Node.Transport;

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
