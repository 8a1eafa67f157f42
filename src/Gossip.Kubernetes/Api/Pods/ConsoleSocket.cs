using System.Net.WebSockets;
using Gossip.Kubernetes.Api.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Gossip.Kubernetes.Api.Pods;

/// <summary>Opens the socket that a console in a pod speaks over. <c>WebSocketMiddleware</c> must have seen the request.</summary>
static class ConsoleSocket
{
    /// <summary>
    /// The server only says that it is there, and does not wait to hear that the client is: while a command does not read its input,
    /// nothing of the client is read either, its answers to pings among it.
    /// </summary>
    public static readonly WebSocketOptions Options = new()
    {
        KeepAliveInterval = TimeSpan.FromSeconds(15),
        KeepAliveTimeout = Timeout.InfiniteTimeSpan,
    };

    /// <param name="spoken">Subprotocols in the order in which they are preferred.</param>
    /// <returns>The open socket, or why there is none.</returns>
    public static async Task<(WebSocket? Socket, ApiAnswer? Refused)> AcceptAsync(HttpContext context, IReadOnlyList<string> spoken)
    {
        if (!context.WebSockets.IsWebSocketRequest)
            return (null, Statuses.BadRequest("this is served over WebSocket: use kubectl 1.31 or later, or gossip"));
        if (spoken.FirstOrDefault(context.WebSockets.WebSocketRequestedProtocols.Contains) is not { } protocol)
            return (null, Statuses.BadRequest($"the subprotocols spoken here are {string.Join(", ", spoken)}"));
        context.AllowSlowReader();
        return (await context.WebSockets.AcceptWebSocketAsync(protocol), null);
    }
}
