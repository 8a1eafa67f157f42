using System.Net.Sockets;
using Gossip.Core.Templates;

namespace Gossip.Node.Runtimes.Probing;

/// <summary>Passes when the port accepts a connection, which is closed at once.</summary>
static class TcpProbe
{
    public static async Task<Outcome> ActAsync(TcpSocketAction action, string ip, CancellationToken cancel)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.LingerState = new LingerOption(true, 0); // no TIME_WAIT for each probe
        await socket.ConnectAsync(action.Host.Length > 0 ? action.Host : ip, action.Port, cancel).ConfigureAwait(false);
        return new Outcome(true, "");
    }
}
