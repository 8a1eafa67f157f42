using Gossip.Core.Membership;
using Gossip.Core.Tables;

namespace Gossip.Core.Pods.Departures;

/// <summary>Somebody evicted the run: by the API, or this node itself to even out the load.</summary>
sealed class EvictionDeparture(NodeTimings timings, IMemberList members, MoveReasons moves)
{
    /// <summary>Nobody wants the run any more; null when that is not because of an eviction.</summary>
    public Departure? Judge(KeptPod pod, Slot slot)
    {
        if (!slot.IsEvicted(pod.Run.Epoch)) return null;
        var (reason, message) = moves.Find(pod.Run) is { } why
            ? (PodReasons.Rebalanced, why)
            : (PodReasons.Evicted, "Eviction API: evicting");
        return new Departure(reason, message)
        {
            IsOver = true,
            // The cordon that goes with most evictions may not have been heard of here: until it must have been, no bid for the next run.
            HoldBack = members.Live.Length > 1 ? timings.Comeback : null,
        };
    }

    public void Forget(KeptPod pod) => moves.Forget(pod.Run);
}
