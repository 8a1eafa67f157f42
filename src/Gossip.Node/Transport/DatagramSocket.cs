using System.Net;
using System.Net.Sockets;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Wire;
using Gossip.Node.Sealing;

namespace Gossip.Node.Transport;

/// <summary>
/// Sealed datagrams over one UDP socket. A send costs no allocation and neither does a receive; one buffer of each is
/// enough, since a datagram is opened and handed on before the next is read.
/// </summary>
sealed class DatagramSocket : IDisposable
{
    readonly Socket socket;
    readonly SealContext context;
    readonly ReplayWindows replays = new();
    readonly SocketAddress target;
    readonly byte[] outgoing = new byte[Limits.Datagram];
    readonly PortErrors errors;
    Sealer sealer;
    Keyring sealingWith;
    volatile Keyring keyring;
    volatile bool disposed;
    IArrivals? arrivals;

    public DatagramSocket(IPEndPoint bind, SealContext context, Keyring keyring)
    {
        this.context = context;
        this.keyring = sealingWith = keyring;
        sealer = new Sealer(keyring, context);
        socket = new Socket(bind.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            if (bind.AddressFamily == AddressFamily.InterNetworkV6) socket.DualMode = bind.Address.Equals(IPAddress.IPv6Any);
            socket.Bind(bind);
            // Room for a burst of a few hundred datagrams while the owner is at something else.
            socket.ReceiveBufferSize = socket.SendBufferSize = 512 * 1024;
            errors = new PortErrors(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
        target = new SocketAddress(bind.AddressFamily);
    }

    /// <summary>Seals with the new primary and opens with every key of the ring from the next datagram on.</summary>
    public void Use(Keyring next) => keyring = next;

    /// <summary>Receives until this is disposed, on a thread of its own: it sleeps in the kernel, and no other has to wake for a datagram.</summary>
    public Task ReceiveAsync(IArrivals into) =>
        Task.Factory.StartNew(() => Receive(into), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    void Receive(IArrivals into)
    {
        Thread.CurrentThread.Name = "gossip receive";
        arrivals = into;
        // One more than is allowed, so that a longer datagram shows as such instead of being cut to fit.
        var incoming = new byte[Limits.Datagram + 1];
        var text = new byte[Limits.Datagram];
        var sender = new SocketAddress(socket.AddressFamily);
        var openingWith = keyring;
        var opener = new Opener(openingWith, context, replays, Limits.Datagram);
        try
        {
            while (!disposed)
            {
                int length;
                try
                {
                    length = socket.ReceiveFrom(incoming, SocketFlags.None, sender);
                }
                catch (SocketException)
                {
                    errors.Tell(into); // a port that we sent to is closed, or the network is away: nothing was received
                    continue;
                }
                if (openingWith != keyring)
                {
                    opener.Dispose();
                    opener = new Opener(openingWith = keyring, context, replays, Limits.Datagram);
                }
                var from = Addresses.Read(sender);
                var reject = opener.Open(incoming.AsSpan(0, length), text, out var opened);
                if (reject == Reject.None) into.DatagramArrived(from, text.AsSpan(0, opened));
                else into.Rejected(from, reject);
            }
        }
        catch (ObjectDisposedException)
        {
        }
        finally
        {
            opener.Dispose();
        }
    }

    /// <summary>Seals and sends; what the network does to it is not known here.</summary>
    public void Send(NodeAddress to, ReadOnlySpan<byte> text)
    {
        Check.That(text.Length <= Limits.DatagramPayload);
        if (!Addresses.TryWrite(to, target)) return;
        if (sealingWith != keyring)
        {
            sealer.Dispose();
            sealer = new Sealer(sealingWith = keyring, context);
        }
        var length = sealer.Seal(text, outgoing);
        for (var tries = 0; tries < 2; tries++)
            try
            {
                socket.SendTo(outgoing.AsSpan(0, length), SocketFlags.None, target);
                return;
            }
            catch (SocketException)
            {
                // With IP_RECVERR a send reports the error of an earlier one, to anybody, and does not send: once more.
                if (arrivals is not null) errors.Tell(arrivals);
            }
            catch (ObjectDisposedException)
            {
                return;
            }
    }

    public void Dispose()
    {
        disposed = true;
        socket.Dispose(); // ends the receive under way
        sealer.Dispose();
    }
}
