using System.Diagnostics;

namespace Gossip.Node.Metrics;

/// <summary>
/// Spans of the source "Gossip", around what begins and ends. A run itself has none: it may last for months, and what it does is not
/// to hang below it. Nothing is made while nobody listens.
/// </summary>
static class GossipActivity
{
    public const string Name = "Gossip";

    static readonly ActivitySource source = new(Name);

    /// <summary>Of a run that is about to enter the host app's code. Dispose it before.</summary>
    public static Activity? Start(string workload, string pod) => Of("gossip.workload.start", workload, pod);

    /// <summary>From the cancelled token to the end of the run.</summary>
    public static Activity? Stop(string workload, string pod) => Of("gossip.workload.stop", workload, pod);

    static Activity? Of(string name, string workload, string pod)
    {
        var activity = source.StartActivity(name);
        activity?.SetTag("gossip.workload", workload);
        activity?.SetTag("gossip.pod", pod);
        return activity;
    }
}
