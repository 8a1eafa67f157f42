using System.Net;
using System.Net.Sockets;
using Gossip.Core.Ports;

namespace Gossip.Node.Transport;

/// <summary>
/// Hears of closed ports. A machine answers a datagram to a port where nobody listens with ICMP, and Linux
/// hands that to an unconnected socket only when asked (IP_RECVERR, man 7 ip); the destination is then read from the
/// socket's error queue. Elsewhere nothing is heard, and the stream's connect finds out instead.
/// </summary>
sealed class PortErrors
{
    const int LevelIp = 0, IpReceiveErrors = 11, LevelIpV6 = 41, IpV6ReceiveErrors = 25;
    const SocketFlags ErrorQueue = (SocketFlags)0x2000; // MSG_ERRQUEUE

    readonly Socket socket;
    readonly Lock reading = new();
    readonly byte[] returned = new byte[2048]; // the head of what we sent
    readonly SocketAddress destination;
    readonly bool heard;

    public PortErrors(Socket socket)
    {
        this.socket = socket;
        destination = new SocketAddress(socket.AddressFamily);
        heard = OperatingSystem.IsLinux();
        if (!heard) return;
        ReadOnlySpan<byte> on = [1, 0, 0, 0];
        socket.SetRawSocketOption(LevelIp, IpReceiveErrors, on);
        if (socket.AddressFamily == AddressFamily.InterNetworkV6) socket.SetRawSocketOption(LevelIpV6, IpV6ReceiveErrors, on);
    }

    /// <summary>Reads what is queued and tells of every closed port.</summary>
    public void Tell(IArrivals arrivals)
    {
        if (!heard) return;
        lock (reading)
            try
            {
                for (var reads = 0; reads < 64 && socket.Poll(0, SelectMode.SelectError); reads++)
                {
                    socket.ReceiveFrom(returned, ErrorQueue, destination);
                    arrivals.StreamFailed(Addresses.Read(destination), StreamFailure.Refused);
                }
            }
            catch (Exception empty) when (empty is SocketException or ObjectDisposedException)
            {
            }
    }
}
