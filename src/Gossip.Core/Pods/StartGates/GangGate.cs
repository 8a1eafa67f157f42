using Gossip.Core.Membership;
using Gossip.Core.Pods.Departures;
using Gossip.Core.Tables;
using Gossip.Core.Turns;

namespace Gossip.Core.Pods.StartGates;

/// <summary>
/// Each node takes the last step of a gang's commit for itself: a pod whose place is admitted starts once the merged tables show
/// that its gang has the places that it needs. Where awards were lost, refused or cut off, those that got theirs give them back
/// after a while without having run (<see cref="GangDeparture"/>).
/// </summary>
sealed class GangGate(SlotTable slots, IMemberList members, GangDeparture patience) : IStartGate
{
    /// <summary>A node that is just back is believed by the mere passing of time.</summary>
    static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    public GateAnswer Ask(KeptPod pod, Slot slot, Turn turn)
    {
        if (slot.Gang is null) return GateAnswer.Go;
        var state = GangState.Of(slot.Gang, slots, members, turn.Monotonic);
        if (state.Stands)
        {
            patience.Forget(pod);
            return GateAnswer.Go;
        }
        var why = state.WhyNot ?? state.ToString();
        if (patience.Judge(pod, why, turn) is { } over) return GateAnswer.GiveUp(over);
        pod.Alarm.LookAt(turn.Monotonic + LookAgain);
        return GateAnswer.Wait(PodReasons.WaitingForGang, why);
    }
}
