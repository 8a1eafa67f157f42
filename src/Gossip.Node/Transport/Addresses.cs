using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Gossip.Core.Primitives;

namespace Gossip.Node.Transport;

/// <summary><see cref="NodeAddress"/> to and from what sockets speak. IPv4 and its mapped form are one address.</summary>
static class Addresses
{
    public static NodeAddress ToNodeAddress(this IPEndPoint point) => ToNodeAddress(point.Address, (ushort)point.Port);

    public static NodeAddress ToNodeAddress(IPAddress address, ushort port)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        return length == 4
            ? NodeAddress.V4(BinaryPrimitives.ReadUInt32BigEndian(bytes), port)
            : new NodeAddress(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]), port);
    }

    public static IPEndPoint ToEndPoint(this NodeAddress address) => new(address.ToIPAddress(), address.Port);

    public static IPAddress ToIPAddress(this NodeAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (address.IsV4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)address.Low);
            return new IPAddress(bytes[..4]);
        }
        BinaryPrimitives.WriteUInt64BigEndian(bytes, address.High);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], address.Low);
        return new IPAddress(bytes);
    }

    /// <summary>Reads a raw socket address: family 2, port 2, then address 4, or flow 4 and address 16.</summary>
    internal static NodeAddress Read(SocketAddress raw)
    {
        var bytes = raw.Buffer.Span;
        var port = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        return raw.Family == AddressFamily.InterNetwork
            ? NodeAddress.V4(BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]), port)
            : new NodeAddress(BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]), BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]), port);
    }

    /// <summary>Writes a raw socket address of the socket's family; false when the address has no form in it.</summary>
    internal static bool TryWrite(NodeAddress address, SocketAddress raw)
    {
        var bytes = raw.Buffer.Span;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], address.Port);
        if (raw.Family == AddressFamily.InterNetwork)
        {
            if (!address.IsV4) return false;
            BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], (uint)address.Low);
            return true;
        }
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], address.High);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[16..], address.Low);
        return true;
    }
}
