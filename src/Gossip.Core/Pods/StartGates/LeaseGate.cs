using Gossip.Core.Membership;
using Gossip.Core.Pods.Departures;
using Gossip.Core.Tables;
using Gossip.Core.Turns;

namespace Gossip.Core.Pods.StartGates;

/// <summary>A singleton starts once its lease is held. When another node runs it meanwhile, it is not needed here at all.</summary>
sealed class LeaseGate(PodLeases leases, IMemberList members) : IStartGate
{
    public GateAnswer Ask(KeptPod pod, Slot slot, Turn turn)
    {
        if (leases.Allow(pod, turn.Now)) return GateAnswer.Go;
        return leases.IsHeldElsewhere(pod) && PodJudge.AnotherStands(slot, members.Self, members, ready: true)
            ? GateAnswer.GiveUp(Departure.NotNeeded)
            : GateAnswer.Wait(PodReasons.WaitingForLease, leases.Describe(pod, turn.Now));
    }
}
