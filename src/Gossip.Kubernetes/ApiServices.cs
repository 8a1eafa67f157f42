using Gossip.Kubernetes.Api;
using Gossip.Node;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Gossip.Kubernetes;

/// <summary>Gives a host app's node the API that kubectl talks to.</summary>
public static class ApiServices
{
    /// <summary>
    /// Serves the API of the node that <c>AddGossip</c> added, on 127.0.0.1. Call it after <c>AddGossip</c>: what is
    /// started later is stopped first. The node tells its peers where: by <see cref="GossipOptions.ApiUrl"/> if that is set, and
    /// then clients may also call the server by that URL's name and port.
    /// </summary>
    /// <param name="services">The host app's.</param>
    /// <param name="port">From 1 to 65535.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is no port.</exception>
    public static IServiceCollection AddGossipApi(this IServiceCollection services, int port)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(port);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, ushort.MaxValue);
        services.PostConfigure<GossipOptions>(options =>
            options.ApiUrl = options.ApiUrl.Length > 0 ? options.ApiUrl : $"http://127.0.0.1:{port}");
        return services.AddHostedService(provider =>
            new Hosted(provider.GetRequiredService<GossipNode>(), provider.GetRequiredService<IOptions<GossipOptions>>(), port));
    }

    sealed class Hosted(GossipNode node, IOptions<GossipOptions> options, int port) : IHostedService
    {
        ApiServer? server;

        public async Task StartAsync(CancellationToken ct)
        {
            var api = new KubernetesApi(
                node.AskAsync, pods: () => node.Pods, hosts: [new Uri(options.Value.ApiUrl).Authority], changes: node.ChangesSinceAsync);
            server = await ApiServer.StartAsync(api, port, ct);
        }

        public async Task StopAsync(CancellationToken ct)
        {
            if (server is not null) await server.DisposeAsync();
        }
    }
}
