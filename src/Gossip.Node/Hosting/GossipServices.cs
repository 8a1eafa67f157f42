using Gossip.Node;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Puts a Gossip node into a host app.</summary>
public static class GossipServices
{
    /// <summary>
    /// Adds a node that starts and stops with the host; take <see cref="GossipNode"/> as a service to talk to it. Options that
    /// cannot be stop the host at its start, with a message for each.
    /// </summary>
    public static IServiceCollection AddGossip(this IServiceCollection services, Action<GossipOptions> configure)
    {
        services.AddOptions<GossipOptions>().Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<GossipOptions>, GossipOptionsCheck>());
        services.TryAddSingleton<GossipNode>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<GossipNode>());
        return services;
    }
}
