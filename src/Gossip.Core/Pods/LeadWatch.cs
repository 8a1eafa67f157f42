using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Core.Turns;

namespace Gossip.Core.Pods;

/// <summary>A pod is ready while another copy of it comes first and is not ready: once that has lasted, ours takes the lead.</summary>
sealed class LeadWatch(NodeTimings timings, SlotTable slots, IMemberList members)
{
    readonly Dictionary<KeptPod, (Instant Since, Uid First)> outranked = []; // looked up only

    public void Look(KeptPod pod, Slot slot, Admission ours, Turn turn)
    {
        if (!pod.IsReady || PodJudge.First(slot, members) is not { } first || first.Uid == ours.Uid
            || first.Status.Ready || !first.Precedes(ours))
        {
            outranked.Remove(pod);
            return;
        }
        if (outranked.TryGetValue(pod, out var before) && before.First == first.Uid) return;
        outranked[pod] = (turn.Monotonic, first.Uid);
        turn.Wake(new NodeTimer(NodeTimerKind.PodDeadline, pod.Number, (ulong)turn.Monotonic.Ticks), timings.UnreadyBeforeOutranked);
    }

    /// <summary>The timer of a pod is due. True when the pod takes the lead, which is to be told.</summary>
    /// <param name="since">What the timer was set for. It is stale when the other became ready meanwhile, or a third came first.</param>
    public bool TakesLead(KeptPod pod, ulong since)
    {
        if (!outranked.TryGetValue(pod, out var from) || (ulong)from.Since.Ticks != since) return false;
        if (slots.Find(pod.Run.Pod) is not { } slot) return false;
        outranked.Remove(pod);
        pod.Admission.Lead(PodJudge.RankToLead(slot));
        return true;
    }

    public void Forget(KeptPod pod) => outranked.Remove(pod);
}
