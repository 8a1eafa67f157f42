using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Scheduling;
using Gossip.Core.Tables;

namespace Gossip.Core.Pods.Recovery;

/// <summary>Pods that run on from an earlier life of this node, or of an engine, and that the present life did not know.</summary>
sealed class Survivors(KeptPods kept, Bidder bidder, SlotTable slots, NodeId self)
{
    /// <summary>Keeps the pod and counts it in the books, whether there is room or not.</summary>
    public void Keep(SurvivingPod survivor, Now now)
    {
        var pod = kept.Keep(survivor.Launch.Pod, survivor.Launch.Template, PodStage.Running);
        pod.Survive(survivor, now);
        var admission = slots.AdmissionsOf(self).FirstOrDefault(admission => admission.Run == pod.Run);
        bidder.Adopt(pod.Run, pod.Template, runs: true, admission?.Devices);
    }
}
