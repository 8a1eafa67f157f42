using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Scheduling;
using Gossip.Core.Tables;
using Gossip.Core.Turns;

namespace Gossip.Core.Pods.Recovery;

/// <summary>Pods that run on from an earlier life of this node, or of an engine, and that the present life did not know.</summary>
sealed class Survivors(KeptPods kept, OwnRoom room, SlotTable slots, NodeId self)
{
    /// <summary>Keeps the pod and counts it in the books, whether there is room or not.</summary>
    public void Keep(SurvivingPod survivor, Turn turn)
    {
        var pod = kept.Keep(survivor.Launch.Pod, survivor.Launch.Template, PodStage.Running);
        pod.Survive(survivor, turn.Now);
        var admission = slots.AdmissionsOf(self).FirstOrDefault(admission => admission.Run == pod.Run);
        room.Adopt(pod.Run, pod.Template, runs: true, turn, admission?.Devices);
    }
}
