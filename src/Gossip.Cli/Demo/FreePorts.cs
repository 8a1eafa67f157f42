using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Gossip.Cli.Demo;

/// <summary>
/// Ports for processes that are started in a moment. They are below those that the system gives to outgoing connections: one that the
/// system itself chose could be somebody's connection before its process listens.
/// </summary>
static class FreePorts
{
    const int Lowest = 10_000, Tries = 1_000;

    static readonly HashSet<int> Given = [];

    /// <returns>Ports that nobody listens on, by TCP or UDP, and that this process has not been given before.</returns>
    public static int[] Take(int count)
    {
        var ports = new int[count];
        for (var i = 0; i < count; i++) ports[i] = Take();
        return ports;
    }

    /// <inheritdoc cref="Take(int)"/>
    public static int Take()
    {
        var end = FirstOfTheSystem();
        for (var i = 0; i < Tries; i++)
        {
            var port = Random.Shared.Next(Lowest, end);
            lock (Given)
                if (!Given.Contains(port) && IsFree(port) && Given.Add(port)) return port;
        }
        throw new IOException($"no free port was found between {Lowest} and {end}");
    }

    static bool IsFree(int port)
    {
        try
        {
            using var tcp = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            using var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            tcp.Bind(new IPEndPoint(IPAddress.Any, port));
            udp.Bind(new IPEndPoint(IPAddress.Any, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>From which port on the system takes them for connections.</summary>
    static int FirstOfTheSystem()
    {
        const string Range = "/proc/sys/net/ipv4/ip_local_port_range", Usual = "32768";
        var first = File.Exists(Range) ? File.ReadAllText(Range).Split('\t', ' ')[0] : Usual;
        return int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 2 * Lowest ? port : 2 * Lowest;
    }
}
