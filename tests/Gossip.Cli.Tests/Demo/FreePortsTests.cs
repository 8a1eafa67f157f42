using System.Net;
using System.Net.Sockets;
using Gossip.Cli.Demo;

namespace Gossip.Cli.Tests.Demo;

public sealed class FreePortsTests
{
    [Fact]
    public void None_is_given_twice_and_none_is_one_that_a_connection_may_get()
    {
        var ports = FreePorts.Take(200);
        Assert.Equal(200, ports.Distinct().Count());
        using var outgoing = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        outgoing.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // the system chooses, as for a connection
        Assert.True(ports.Max() < ((IPEndPoint)outgoing.LocalEndPoint!).Port, $"{ports.Max()} is not below what the system gives");
    }
}
