using Gossip.Node;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Gossip.Node
{
    /// <summary>
    /// Whether this host is a working part of the cluster. Unhealthy: its node does not run or does not answer. Degraded: it has seeds, and
    /// found nobody.
    /// </summary>
    sealed class GossipHealthCheck(GossipNode node) : IHealthCheck
    {
        /// <summary>A node answers within milliseconds; one that takes longer is no use to those who wait for it.</summary>
        static readonly TimeSpan AnswersWithin = TimeSpan.FromSeconds(2);

        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancel = default)
        {
            if (!node.IsRunning) return Bad(context, "the node does not run");
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            patience.CancelAfter(AnswersWithin);
            try
            {
                var view = await node.LookAsync(patience.Token).ConfigureAwait(false);
                var members = view.Nodes.Count(seen => seen.Member.IsLive);
                var data = new Dictionary<string, object>(StringComparer.Ordinal)
                {
                    ["members"] = members,
                    ["pods"] = view.Pods.Count(pod => pod.Standing?.Node == view.Self),
                };
                if (members > 1) return HealthCheckResult.Healthy($"{members} members", data);
                return node.HasSeeds ? HealthCheckResult.Degraded("alone: no seed answers", data: data)
                    : HealthCheckResult.Healthy("alone, without seeds", data);
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                return Bad(context, $"the node has not answered within {AnswersWithin.TotalSeconds} s");
            }
            catch (InvalidOperationException stopped)
            {
                return Bad(context, stopped.Message);
            }
        }

        static HealthCheckResult Bad(HealthCheckContext context, string why) => new(context.Registration.FailureStatus, why);
    }
}

namespace Microsoft.Extensions.DependencyInjection
{
    /// <summary>Adds Gossip's health check to an app's.</summary>
    public static class GossipHealth
    {
        /// <summary>
        /// Adds the check <c>gossip</c>: unhealthy while the node does not run or answer, degraded while it has seeds and is alone.
        /// </summary>
        public static IHealthChecksBuilder AddGossip(this IHealthChecksBuilder checks, IEnumerable<string>? tags = null) =>
            checks.Add(
                new HealthCheckRegistration("gossip", provider =>
                    new GossipHealthCheck(provider.GetRequiredService<GossipNode>()), null, tags));
    }
}
