namespace Gossip.Core.Tables;

/// <summary>Reasons in the status of a pod or of a container. Where Kubernetes has a reason for the same, it is that one.</summary>
static class PodReasons
{
    // Why a pod leaves its node
    public const string Evicted = "EvictionByEvictionAPI", TaintedOut = "TaintManagerEviction", Preempted = "Preempted",
        Rebalanced = "Rebalanced", TopologyConflict = "TopologyConflict", LeaseLost = "LeaseLost", Alone = "Alone",
        GangIncomplete = "GangIncomplete", OutgrewNode = "Evicted";

    // What a pod waits for before it starts
    public const string WaitingForHandover = "WaitingForHandover";
    public const string WaitingForGang = "WaitingForGang", WaitingForLease = "WaitingForLease", WaitingForRoom = "WaitingForRoom",
        WaitingForDependencies = "WaitingForDependencies", FailedMount = "FailedMount";

    // What happened to it, or to a container of it
    public const string RuntimeLost = "RuntimeLost", DeadlineExceeded = "DeadlineExceeded", DependencyLost = "DependencyLost",
        ContainerCreating = "ContainerCreating", PodInitializing = "PodInitializing", ContainerConfigError = "CreateContainerConfigError",
        CrashLoopBackOff = "CrashLoopBackOff", ErrImagePull = "ErrImagePull", ImagePullBackOff = "ImagePullBackOff",
        Completed = "Completed", Error = "Error", StatusUnknown = "ContainerStatusUnknown";
}
