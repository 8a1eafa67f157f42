namespace Gossip.Node;

/// <summary>
/// The cluster as this host sees it. Thread-safe. Small on purpose, and over plain records, so that an app's tests can have their own.
/// Outside of the host's run every call throws <see cref="InvalidOperationException"/>.
/// </summary>
public interface IGossip
{
    /// <summary>This host's name in the cluster.</summary>
    string Name { get; }

    /// <summary>Ends once this host has found others and knows what they know, or has looked for them in vain and stands alone.</summary>
    Task JoinedAsync(CancellationToken cancel = default);

    /// <summary>Members and workloads as of now.</summary>
    Task<GossipState> LookAsync(CancellationToken cancel = default);

    /// <summary>
    /// The state now, then each that differs, until cancelled. At most twenty a second: what happens in between is in the next.
    /// </summary>
    IAsyncEnumerable<GossipState> WatchAsync(CancellationToken cancel = default);

    /// <summary>
    /// Wants so many copies of a workload from now on, until the code's declaration of it changes. Ends once that is durable on this host.
    /// </summary>
    /// <exception cref="GossipRefusedException">There is no such workload, or no such number of copies.</exception>
    Task ScaleAsync(string workload, int copies, CancellationToken cancel = default);

    /// <summary>Why a copy is where it is, or nowhere: who bid, who refused, and why.</summary>
    /// <param name="podName">As <see cref="CopyState.PodName"/>.</param>
    /// <returns>Text for people, some lines.</returns>
    /// <exception cref="GossipRefusedException">There is no such copy.</exception>
    Task<string> WhyAsync(string podName, CancellationToken cancel = default);
}

/// <summary>The cluster refuses what was asked; the message says why.</summary>
public sealed class GossipRefusedException(string message) : Exception(message);
