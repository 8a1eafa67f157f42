using Gossip.Core.Turns;

namespace Gossip.Core.Pods.Departures;

/// <summary>
/// A reason for which a pod leaves its node, whatever it is doing. Each is asked in a fixed order at each look at the pod.
/// </summary>
interface IDeparture
{
    /// <summary>Null while the pod may stay; the rule then sees to it that the pod is looked at when it may not any more.</summary>
    Departure? Judge(KeptPod pod, Turn turn);

    /// <summary>Nothing of the pod is left.</summary>
    void Forget(KeptPod pod) { }
}
