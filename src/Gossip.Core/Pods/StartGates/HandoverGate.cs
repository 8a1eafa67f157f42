using Gossip.Core.Membership;
using Gossip.Core.Tables;
using Gossip.Core.Turns;

namespace Gossip.Core.Pods.StartGates;

/// <summary>
/// A pod that stops first (<c>gossip.dev/handover: stop-first</c>) starts once its earlier runs have ended. An admission
/// stays in the tables until its runtime says that nothing is left of the pod; its removal changes the slot, and has this one looked at. Of a node that is
/// dead or has left nothing is waited for: its admissions may stay for ever.
/// </summary>
sealed class HandoverGate(IMemberList members) : IStartGate
{
    public GateAnswer Ask(KeptPod pod, Slot slot, Turn turn)
    {
        if (!slot.Template.StopsFirst) return GateAnswer.Go;
        foreach (var earlier in slot.Admissions)
            if (earlier.Run.Epoch < pod.Run.Epoch && !earlier.Status.HasEnded && members.Find(earlier.Node) is { IsLive: true } other)
                return GateAnswer.Wait(PodReasons.WaitingForHandover, $"its run {earlier.Run.Epoch} on {other.Name} has not ended yet");
        return GateAnswer.Go;
    }
}
