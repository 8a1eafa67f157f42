using Gossip.Core.Primitives;
using Gossip.Core.Scheduling.Preemption;
using Gossip.Core.Tables;

namespace Gossip.Core.Pods.Departures;

/// <summary>
/// The bidder needs the pod's room for one of greater priority. The pod's slot is open again at once, and its next auction is like any
/// other.
/// </summary>
static class PreemptionDeparture
{
    /// <param name="pod">A victim of the command; one that ends already is none.</param>
    public static Departure Judge(KeptPod pod, PreemptionCommand command)
    {
        Check.That(!pod.IsEnding);
        return new Departure(PodReasons.Preempted, command.Why) { IsToldFirst = true };
    }
}
