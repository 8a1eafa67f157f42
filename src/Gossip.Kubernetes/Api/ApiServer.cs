using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Gossip.Kubernetes.Api;

/// <summary>
/// Kestrel alone under a <see cref="KubernetesApi"/>, on loopback: no host, no container, no middleware, for a node
/// should be small. Plain HTTP: it must not listen beyond this machine before it has TLS and tokens.
/// </summary>
sealed class ApiServer : IAsyncDisposable
{
    const int ConnectionsMax = 1024;

    /// <summary>Of which so many may be consoles in pods.</summary>
    const int ConsolesMax = 128;

    /// <summary>A body that is refused is still read past, not kept, up to here: else the client sees a reset and never the 413.</summary>
    const int DrainMax = 64 << 20;

    readonly KestrelServer kestrel;

    ApiServer(KestrelServer kestrel) => this.kestrel = kestrel;

    /// <summary>Where it answers, such as http://127.0.0.1:8080.</summary>
    public Uri Url { get; private set; } = null!;

    /// <summary>Listens on 127.0.0.1, and answers once the task is done.</summary>
    /// <param name="api">What answers.</param>
    /// <param name="port">0 for any free one.</param>
    /// <param name="ct">Gives up starting.</param>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<ApiServer> StartAsync(KubernetesApi api, int port = 0, CancellationToken ct = default)
    {
        var options = new KestrelServerOptions { AddServerHeader = false };
        options.Limits.MaxRequestBodySize = DrainMax;
        options.Limits.MaxConcurrentConnections = ConnectionsMax;
        options.Limits.MaxConcurrentUpgradedConnections = ConsolesMax;
        options.Listen(IPAddress.Loopback, port);
        var transport = new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance);
        var server = new ApiServer(new KestrelServer(Options.Create(options), transport, NullLoggerFactory.Instance));
        try
        {
            await server.kestrel.StartAsync(new Application(api), ct);
        }
        catch
        {
            server.kestrel.Dispose();
            throw;
        }
        server.Url = new Uri(server.kestrel.Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return server;
    }

    /// <summary>Lets running requests end for a moment, then closes.</summary>
    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await kestrel.StopAsync(patience.Token);
        kestrel.Dispose();
    }

    sealed class Application(KubernetesApi api) : IHttpApplication<HttpContext>
    {
        public HttpContext CreateContext(IFeatureCollection features) => new DefaultHttpContext(features);
        public Task ProcessRequestAsync(HttpContext context) => api.HandleAsync(context);
        public void DisposeContext(HttpContext context, Exception? exception) { }
    }
}
