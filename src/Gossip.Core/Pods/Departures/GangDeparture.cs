using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Core.Turns;

namespace Gossip.Core.Pods.Departures;

/// <summary>
/// A pod whose gang has not got its places within the gang's patience gives its own back to others. Asked by the gang's start gate.
/// </summary>
sealed class GangDeparture(NodeTimings timings, SlotTable slots)
{
    readonly List<(KeptPod Pod, Instant Since)> awaiting = [];

    /// <summary>The pod's gang does not stand now. Null while the pod waits for it.</summary>
    public Departure? Judge(KeptPod pod, string why, Turn turn)
    {
        var at = awaiting.FindIndex(one => one.Pod == pod);
        if (at < 0)
        {
            at = awaiting.Count;
            awaiting.Add((pod, turn.Monotonic));
        }
        var over = awaiting[at].Since + timings.GangPatience;
        if (turn.Monotonic >= over) return new Departure(PodReasons.GangIncomplete, why);
        pod.Alarm.LookAt(over);
        return null;
    }

    /// <summary>The pods that wait for the gang of a slot that changed.</summary>
    public KeptPod[] AwaitingGangOf(Slot? changed)
    {
        if (awaiting.Count == 0 || changed?.Gang is not { } gang) return [];
        return [.. awaiting.Where(one => slots.Find(one.Pod.Run.Pod)?.Gang == gang).Select(one => one.Pod)];
    }

    /// <summary>The gang stands, or nothing of the pod is left.</summary>
    public void Forget(KeptPod pod)
    {
        if (awaiting.Count > 0) awaiting.RemoveAll(one => one.Pod == pod);
    }
}
