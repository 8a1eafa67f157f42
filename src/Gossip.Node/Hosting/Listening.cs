using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Gossip.Core.Primitives;
using Gossip.Core.Wire;
using Gossip.Node.Transport;

namespace Gossip.Node;

/// <summary>Where a node listens, under which name, and whom of its own machine it asks first (docs/embedding.md).</summary>
/// <param name="Name">As set, or the machine's.</param>
/// <param name="Neighbour">The node that has the default port of this machine; null when this one has it, or its port was set.</param>
/// <param name="IsClosed">Only this machine reaches it, though nobody asked for that.</param>
sealed record Listening(SocketTransport Transport, string Name, NodeAddress? Neighbour, bool IsClosed)
{
    /// <exception cref="GossipStartException">It cannot listen there.</exception>
    public static Listening Open(GossipOptions options)
    {
        var isClosed = options.BindAddress is null && options.Advertise is null && options.Seeds.Count == 0;
        var address = isClosed ? IPAddress.Loopback : IPAddress.Any;
        if (options.BindAddress is { } given && !AddressReader.TryReadIp(given, out address, out var wrong)) throw new FormatException(wrong);
        var name = options.Name ?? MachineFacts.Name();
        if (options.Port is { } port) return new Listening(Bind(options, address, port), name, null, isClosed);
        try
        {
            return new Listening(Bind(options, address, options.UsualPort), name, null, isClosed);
        }
        catch (GossipStartException taken) when (taken.Option == nameof(GossipOptions.Port))
        {
            var transport = Bind(options, address, 0);
            // Sealed with the cluster's key, so that whoever has that port, nobody but a node of this cluster can read or answer it.
            var first = Addresses.ToNodeAddress(
                address.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Loopback : IPAddress.Loopback,
                    (ushort)options.UsualPort);
            return new Listening(transport, options.Name ?? Numbered(name, transport.Address.Port), first, isClosed);
        }
    }

    /// <summary>The address and port that others are told.</summary>
    static IPEndPoint? Advertised(GossipOptions options, IPAddress bind)
    {
        if (options.Advertise is { } text)
            return AddressReader.TryReadAdvertised(text, out var told, out var problem) ? told : throw new FormatException(problem);
        var isAny = bind.Equals(IPAddress.Any) || bind.Equals(IPAddress.IPv6Any);
        return isAny ? new IPEndPoint(MachineFacts.Address(bind.AddressFamily), 0) : null;
    }

    static SocketTransport Bind(GossipOptions options, IPAddress address, int port)
    {
        try
        {
            return new SocketTransport(new IPEndPoint(address, port), Advertised(options, address), options.Cluster, options.Keyring!);
        }
        catch (SocketException refused)
        {
            throw refused.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => new GossipStartException(
                    nameof(GossipOptions.Port),
                        $"{port} of {address} is taken by another process; set another, or leave it out for any that is free", refused),
                SocketError.AccessDenied =>
                    new GossipStartException(
                        nameof(GossipOptions.Port), $"{port} may not be used by this user; set one above 1023", refused),
                _ => new GossipStartException(
                    nameof(GossipOptions.BindAddress),
                        $"cannot listen on {address}: {refused.Message}; set an address of this machine, or 0.0.0.0 for all", refused),
            };
        }
    }

    /// <summary>Two nodes of one machine need two names.</summary>
    static string Numbered(string name, int port)
    {
        var end = string.Create(CultureInfo.InvariantCulture, $"-{port}");
        return (name.Length + end.Length > Limits.Label ? name[..(Limits.Label - end.Length)].TrimEnd('-') : name) + end;
    }
}
