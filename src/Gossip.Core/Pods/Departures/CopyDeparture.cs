using Gossip.Core.Membership;
using Gossip.Core.Tables;
using Gossip.Core.Turns;

namespace Gossip.Core.Pods.Departures;

/// <summary>
/// A copy that is not needed drains: another one comes before it, stands and is ready (<see cref="PodJudge.DrainsAt"/>). Draining is final.
/// </summary>
sealed class CopyDeparture(NodeConfig config, IMemberList members)
{
    bool isDue;

    /// <param name="ours">The pod's admission, with the status that was last told.</param>
    public Departure? Judge(KeptPod pod, Slot slot, Admission ours, Turn turn)
    {
        var drains = PodJudge.DrainsAt(slot, ours, members, config.Timings.Comeback);
        if (drains > turn.Monotonic) JudgeAt(drains.Value - turn.Monotonic, turn);
        return drains <= turn.Monotonic || pod.IsDraining ? Departure.NotNeeded : null;
    }

    /// <summary>The timer is due: every pod is to be judged.</summary>
    public void OnDue() => isDue = false;

    void JudgeAt(TimeSpan after, Turn turn)
    {
        if (isDue) return;
        isDue = true;
        turn.Wake(PodTicks.For(PodTicks.JudgeDue), after);
    }
}
