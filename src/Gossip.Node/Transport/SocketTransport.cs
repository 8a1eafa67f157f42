using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Wire;
using Gossip.Node.Sealing;
using Gossip.Node.Streams;

namespace Gossip.Node.Transport;

/// <summary>UDP for datagrams and TCP for frames, on one port number; everything sealed.</summary>
sealed class SocketTransport : ITransport
{
    readonly Socket listener;
    readonly DatagramSocket datagrams;
    readonly SealContext context;
    readonly ConcurrentDictionary<NodeAddress, StreamToPeer> streams = [];
    readonly CancellationTokenSource stop = new();
    volatile Keyring keyring;
    IArrivals? arrivals;
    Task receiving = Task.CompletedTask, accepting = Task.CompletedTask;

    /// <param name="bind">Port 0 takes any that is free for both.</param>
    /// <param name="advertise">What others are told; null for the address bound. Port 0 stands for the port bound.</param>
    /// <exception cref="SocketException">The port is taken, or the address is not this machine's.</exception>
    public SocketTransport(IPEndPoint bind, IPEndPoint? advertise, string cluster, Keyring keyring)
    {
        this.keyring = keyring;
        context = SealContext.ForDatagrams(cluster);
        (listener, datagrams) = Bind(bind);
        var port = (ushort)((IPEndPoint)listener.LocalEndPoint!).Port;
        Address = Addresses.ToNodeAddress((advertise ?? bind).Address, advertise is { Port: > 0 } ? (ushort)advertise.Port : port);
    }

    public NodeAddress Address { get; }

    /// <summary>Serves the sessions that others begin, each until it ends. Set before <see cref="Start"/>.</summary>
    public Func<SealedConnection, NodeAddress, CancellationToken, Task<Reject>>? SessionHandler { private get; set; }

    /// <summary>Begins a session.</summary>
    /// <exception cref="ConnectionLost">Nobody answers there, or somebody who does not speak as we do.</exception>
    public async Task<SealedConnection> OpenSessionAsync(NodeAddress to, CancellationToken cancel)
    {
        try
        {
            return await SealedConnection.ConnectAsync(to, Address, context, keyring, stop.Token, cancel).ConfigureAwait(false);
        }
        catch (Exception failed) when (!cancel.IsCancellationRequested && failed is SocketException or OperationCanceledException)
        {
            throw new ConnectionLost(failed is SocketException refused ? refused.Message : "no answer in time", failed);
        }
    }

    /// <summary>Changes the keys of everything sent and received from now on, save streams that are open. Thread-safe.</summary>
    public void Use(Keyring next)
    {
        keyring = next;
        datagrams.Use(next);
    }

    public void Start(IArrivals into)
    {
        arrivals = into;
        receiving = datagrams.ReceiveAsync(into);
        accepting = Task.Run(() => new StreamListener(listener, context, () => keyring, into, SessionHandler).AcceptAsync(stop.Token));
    }

    public void Send(NodeAddress to, ReadOnlySpan<byte> datagram) => datagrams.Send(to, datagram);

    public void SendFrame(NodeAddress to, ReadOnlySpan<byte> frame)
    {
        Check.That(frame.Length <= Limits.FramePayload);
        while (!stop.IsCancellationRequested)
        {
            if (!streams.TryGetValue(to, out var stream))
            {
                stream = streams[to] = new StreamToPeer(to, Address, context, () => keyring, arrivals!);
                var mine = stream;
                _ = Task.Run(async () =>
                {
                    await mine.RunAsync(stop.Token).ConfigureAwait(false);
                    streams.TryRemove(KeyValuePair.Create(to, mine));
                });
            }
            switch (stream.TryQueue(frame))
            {
                case StreamToPeer.Queued.Yes: return;
                case StreamToPeer.Queued.Closed:
                    streams.TryRemove(KeyValuePair.Create(to, stream)); // it was idle too long
                    continue;
                case StreamToPeer.Queued.Full:
                    arrivals!.StreamFailed(to, StreamFailure.Unreachable);
                    return;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        listener.Dispose();
        datagrams.Dispose();
        await Task.WhenAll(receiving, accepting).ConfigureAwait(false);
    }

    (Socket, DatagramSocket) Bind(IPEndPoint bind)
    {
        for (var tries = 1; ; tries++)
        {
            var streaming = new Socket(bind.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                if (bind.AddressFamily == AddressFamily.InterNetworkV6) streaming.DualMode = bind.Address.Equals(IPAddress.IPv6Any);
                streaming.Bind(bind);
                streaming.Listen(128);
                var bound = new IPEndPoint(bind.Address, ((IPEndPoint)streaming.LocalEndPoint!).Port);
                return (streaming, new DatagramSocket(bound, context, keyring));
            }
            catch (SocketException taken)
            {
                streaming.Dispose();
                // A port that any was asked for and that UDP has not free: another one.
                if (bind.Port != 0 || taken.SocketErrorCode != SocketError.AddressAlreadyInUse || tries == 20) throw;
            }
        }
    }
}
