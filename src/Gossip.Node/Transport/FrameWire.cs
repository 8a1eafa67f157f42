using System.Buffers.Binary;
using System.Net.Sockets;
using Gossip.Core.Primitives;
using Gossip.Core.Wire;
using Gossip.Node.Sealing;

namespace Gossip.Node.Transport;

/// <summary>
/// A stream: the accepting side sends a challenge of 16 random bytes; then the connecting side sends frames, each a
/// length (4 bytes, little-endian) and that many sealed bytes. The first is a hello with the address where the
/// sender listens, since its port here is any. Nothing more ever comes back; unless the hello ends with a challenge of
/// the sender's own: then the stream is a session, and frames sealed for both challenges come back. See <c>Streams/</c>.
/// </summary>
static class FrameWire
{
    public const int LengthPrefix = 4;
    public const int SealedMax = Limits.FramePayload + Limits.SealOverhead;
    public const int Hello = 18; // address 16, port 2
    public const int HelloSealed = Hello + Limits.SealOverhead;
    public const int SessionHello = Hello + SealContext.ChallengeLength;
    public const int SessionHelloSealed = SessionHello + Limits.SealOverhead;

    /// <summary>The connecting side closes first, so that no frame goes to a stream that is being closed.</summary>
    public static readonly TimeSpan SenderIdle = TimeSpan.FromSeconds(30), ReceiverIdle = TimeSpan.FromSeconds(90);

    /// <summary>Connect, challenge and hello: three round trips and a retransmission.</summary>
    public static readonly TimeSpan Handshake = TimeSpan.FromSeconds(2);

    /// <summary>A frame of 1.1 MB at 1 Mbit/s. Who is slower, or silent amid a frame, is dropped.</summary>
    public static readonly TimeSpan WholeFrame = TimeSpan.FromSeconds(10);

    public static void WriteHello(NodeAddress address, Span<byte> into)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(into, address.High);
        BinaryPrimitives.WriteUInt64LittleEndian(into[8..], address.Low);
        BinaryPrimitives.WriteUInt16LittleEndian(into[16..], address.Port);
    }

    public static NodeAddress ReadHello(ReadOnlySpan<byte> from) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(from),
        BinaryPrimitives.ReadUInt64LittleEndian(from[8..]),
        BinaryPrimitives.ReadUInt16LittleEndian(from[16..]));

    /// <summary>The challenge of the one who asks for a session.</summary>
    public static ReadOnlySpan<byte> ReadSessionHello(ReadOnlySpan<byte> from) => from[Hello..SessionHello];

    /// <summary>Seals a frame with its length before it; returns the bytes used.</summary>
    public static int Seal(Sealer sealer, ReadOnlySpan<byte> frame, Span<byte> into)
    {
        var length = sealer.Seal(frame, into[LengthPrefix..]);
        BinaryPrimitives.WriteInt32LittleEndian(into, length);
        return LengthPrefix + length;
    }

    /// <summary>Fills the buffer; false when the stream ended before it was full.</summary>
    public static async ValueTask<bool> TryFillAsync(Socket socket, Memory<byte> buffer, CancellationToken cancel)
    {
        while (!buffer.IsEmpty)
        {
            var read = await socket.ReceiveAsync(buffer, SocketFlags.None, cancel).ConfigureAwait(false);
            if (read == 0) return false;
            buffer = buffer[read..];
        }
        return true;
    }

    public static async ValueTask WriteAsync(Socket socket, ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None, cancel).ConfigureAwait(false)..];
    }
}
