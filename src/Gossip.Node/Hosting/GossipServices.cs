using Gossip.Node;
using Gossip.Node.Cluster;
using Gossip.Node.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Puts a Gossip node into a host app.</summary>
public static class GossipServices
{
    /// <summary>
    /// Adds a node that starts and stops with the host; take <see cref="IGossip"/> as a service to see and steer the cluster. Said again,
    /// it configures the same node further. Options that cannot be stop the host at its start, with a message for each.
    /// </summary>
    public static IServiceCollection AddGossip(this IServiceCollection services, Action<GossipOptions> configure)
    {
        services.AddOptions<GossipOptions>().Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<GossipOptions>, GossipOptionsCheck>());
        services.TryAddSingleton<GossipNode>();
        services.TryAddSingleton<IGossip, NodeGossip>();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IHostedService, GossipNode>(provider => provider.GetRequiredService<GossipNode>()));
        return services;
    }

    /// <summary>
    /// The same, with options from a configuration section, as <c>builder.Configuration.GetSection("Gossip")</c>. What the section says
    /// that is no option, or cannot be, stops the host at its start.
    /// </summary>
    /// <param name="configure">What the section does not say, such as the workloads.</param>
    public static IServiceCollection AddGossip(
        this IServiceCollection services, IConfiguration section, Action<GossipOptions>? configure = null) =>
        services.AddGossip(options =>
        {
            OptionsReader.Read(section, options);
            configure?.Invoke(options);
        });
}
