using Gossip.Core.Model;

namespace Gossip.Core.Pods;

// Making way for a pod of greater priority, and waiting for those who do.
public sealed partial class PodKeeper
{
    /// <summary>Of the status of a pod that was evicted for another of greater priority, as in Kubernetes.</summary>
    internal const string Preempted = "Preempted";

    const string WaitingForRoom = "WaitingForRoom";

    /// <summary>Ends it gracefully; its slot is open again at once, and its next auction is like any other.</summary>
    void Preempt(PodRun run, string why, Now now, NodeEffects effects)
    {
        var pod = kept[run];
        Check.That(pod.Stage is not (PodStage.Stopping or PodStage.Finished));
        pod.Draining = true;
        (pod.Reason, pod.Message) = (Preempted, why);
        Tell(pod, now, effects); // also of one that has not begun yet, whose admission goes at once
        Stop(pod, now, effects);
    }

    /// <summary>Somebody's room is free: who waited for it may start.</summary>
    void FreeRoom(PodRun run, Now now, NodeEffects effects)
    {
        var waiting = bidder.Books.Waiting;
        bidder.Free(run, now, effects);
        if (bidder.Books.Waiting == waiting) return;
        foreach (var pod in kept.Values.ToArray())
            if (pod.Stage == PodStage.Admitted && !bidder.WaitsForRoom(pod.Run)) Advance(pod, now, effects);
    }
}
