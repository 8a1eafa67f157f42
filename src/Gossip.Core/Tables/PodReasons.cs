namespace Gossip.Core.Tables;

/// <summary>Reasons in a pod's status that other parts of a node ask for. Where Kubernetes has a word for it, it is that word.</summary>
static class PodReasons
{
    /// <summary>A NoExecute taint of its node drove it out.</summary>
    public const string TaintedOut = "TaintManagerEviction";

    /// <summary>It broke a rule between pods that was kept first by another.</summary>
    public const string TopologyConflict = "TopologyConflict";

    /// <summary>It was evicted for a pod of greater priority.</summary>
    public const string Preempted = "Preempted";

    /// <summary>It waits for a service that it depends on.</summary>
    public const string WaitingForDependencies = "WaitingForDependencies";
}
