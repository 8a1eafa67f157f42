namespace Gossip.Node;

/// <summary>How the cluster keeps a workload. It is part of what the code declares: the last deployed counts.</summary>
public sealed class WorkloadOptions
{
    /// <summary>What follows when its code ends by itself.</summary>
    public RestartPolicy RestartPolicy { get; set; }

    /// <summary>
    /// How long a copy may take to end once its token is cancelled; then it is given up, which is logged. At most a day, in whole seconds.
    /// </summary>
    public TimeSpan StopWithin { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether its copies go to the hosts with the fewest of them before anything else counts, and move when hosts come.</summary>
    public bool Spread { get; set; } = true;

    /// <summary>Labels of the Deployment and of its pods, beside <c>app</c>. To change them starts every copy anew.</summary>
    public IDictionary<string, string> Labels { get; } = new SortedDictionary<string, string>(StringComparer.Ordinal);
}
