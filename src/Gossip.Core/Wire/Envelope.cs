using System.Buffers.Binary;
using Gossip.Core.Primitives;
using MessagePack;

namespace Gossip.Core.Wire;

/// <summary>
/// What every datagram and frame looks like inside its seal: sender, its boot, then messages, each a kind, a length
/// and a MessagePack body. Integers are little-endian.
/// </summary>
static class Envelope
{
    public static void WriteHeader(WireBuffer into, NodeId sender, ulong boot)
    {
        var header = into.GetSpan(Limits.EnvelopeHeader);
        BinaryPrimitives.WriteUInt64LittleEndian(header, sender.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(header[8..], boot);
        into.Advance(Limits.EnvelopeHeader);
    }

    /// <summary>Appends one message with its header; returns its whole length.</summary>
    public static int Append<TMessage>(WireBuffer into, in TMessage message) where TMessage : IWireMessage<TMessage>
    {
        var start = into.Length;
        into.GetSpan(Limits.MessageHeader)[0] = (byte)TMessage.Kind;
        into.Advance(Limits.MessageHeader);
        var writer = new MessagePackWriter(into);
        TMessage.Write(ref writer, message);
        writer.Flush();
        var length = into.Length - start;
        BinaryPrimitives.WriteInt32LittleEndian(into.At(start + 1, 4), length - Limits.MessageHeader);
        return length;
    }

    public static bool TryReadHeader(ReadOnlySpan<byte> payload, out NodeId sender, out ulong boot)
    {
        if (payload.Length < Limits.EnvelopeHeader)
        {
            sender = default;
            boot = 0;
            return false;
        }
        sender = new NodeId(BinaryPrimitives.ReadUInt64LittleEndian(payload));
        boot = BinaryPrimitives.ReadUInt64LittleEndian(payload[8..]);
        return true;
    }

    /// <summary>Cuts the next message off <paramref name="rest"/>; false at the end, <paramref name="reject"/> says whether cleanly.</summary>
    public static bool TryNext(ref ReadOnlyMemory<byte> rest, out MessageKind kind, out ReadOnlyMemory<byte> body, out Reject reject)
    {
        kind = default;
        body = default;
        reject = Reject.None;
        if (rest.IsEmpty) return false;
        if (rest.Length < Limits.MessageHeader)
        {
            reject = Reject.Truncated;
            return false;
        }
        var header = rest.Span;
        var length = BinaryPrimitives.ReadInt32LittleEndian(header[1..]);
        if (length < 0 || length > rest.Length - Limits.MessageHeader)
        {
            reject = Reject.Truncated;
            return false;
        }
        kind = (MessageKind)header[0];
        body = rest.Slice(Limits.MessageHeader, length);
        rest = rest[(Limits.MessageHeader + length)..];
        return true;
    }
}
