using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Gossip.Kubernetes.Api.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Gossip.Kubernetes.Api.Pods;

/// <summary>The opening handshake of RFC 6455 on a bare server.</summary>
static class WebSockets
{
    /// <summary>Pings only: while a command does not read its input, nothing of the client is read either, pongs among it.</summary>
    static readonly TimeSpan Beat = TimeSpan.FromSeconds(15);

    /// <param name="spoken">Subprotocols in the order in which they are preferred.</param>
    /// <returns>The open socket, or why there is none.</returns>
    public static async Task<(WebSocket? Socket, ApiAnswer? Refused)> AcceptAsync(HttpContext context, IReadOnlyList<string> spoken)
    {
        var headers = context.Request.Headers;
        if (context.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true } upgrade
            || !string.Equals(headers.Upgrade, "websocket", StringComparison.OrdinalIgnoreCase))
            return (null, Statuses.BadRequest("this is served over WebSocket: use kubectl 1.31 or later, or gossip"));
        // Any web page may open a socket to this machine; browsers say whose page it was, and programs say nothing.
        if (headers.Origin.Count > 0) return (null, Statuses.BadRequest("web pages may not open sockets here"));
        if (headers.SecWebSocketVersion != "13" || !IsKey(headers.SecWebSocketKey.ToString())) return (null, Statuses.BadRequest("no WebSocket handshake of version 13"));
        var offered = headers.SecWebSocketProtocol.SelectMany(line => (line ?? "").Split(',', StringSplitOptions.TrimEntries)).ToHashSet(StringComparer.Ordinal);
        if (spoken.FirstOrDefault(offered.Contains) is not { } protocol) return (null, Statuses.BadRequest($"the subprotocols spoken here are {string.Join(", ", spoken)}"));

        var response = context.Response.Headers;
        response.Connection = "Upgrade";
        response.Upgrade = "websocket";
        response.SecWebSocketAccept = Accept(headers.SecWebSocketKey.ToString());
        response.SecWebSocketProtocol = protocol;
        context.AllowSlowReader();
        var stream = await upgrade.UpgradeAsync();
        return (WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true, SubProtocol = protocol, KeepAliveInterval = Beat }), null);
    }

    static bool IsKey(string key)
    {
        Span<byte> bytes = stackalloc byte[18];
        return key.Length == 24 && Convert.TryFromBase64String(key, bytes, out var length) && length == 16;
    }

    /// <summary>The constant is the RFC's, section 1.3; SHA-1 protects nothing there.</summary>
    static string Accept(string key) =>
        Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes($"{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
}
