using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Core.Turns;

namespace Gossip.Core.Pods;

// Making way for a pod of greater priority, and waiting for those who do.
sealed partial class PodKeeper
{
    /// <summary>Of the status of a pod that was evicted for another of greater priority, as in Kubernetes.</summary>
    internal const string Preempted = PodReasons.Preempted;

    const string WaitingForRoom = "WaitingForRoom";

    /// <summary>The bidder may have queued a preemption: the victims' end goes to the log before the admission that needs it.</summary>
    public void OnCommands(Turn turn)
    {
        if (bidder.TakePreemption() is not { } preemption) return;
        foreach (var victim in preemption.Victims)
        {
            Preempt(victim, preemption.Why, turn);
            trace?.OnPreempted(preemption.By, victim);
        }
        bidder.AdmitBehind(preemption, turn);
    }

    /// <summary>Ends it gracefully; its slot is open again at once, and its next auction is like any other.</summary>
    void Preempt(PodRun run, string why, Turn turn)
    {
        var pod = kept[run];
        Check.That(pod.Stage is not (PodStage.Stopping or PodStage.Finished));
        pod.Draining = true;
        (pod.Reason, pod.Message) = (Preempted, why);
        Tell(pod, turn); // also of one that has not begun yet, whose admission goes at once
        Stop(pod, turn);
    }

    /// <summary>Somebody's room is free: who waited for it may start.</summary>
    void FreeRoom(PodRun run, Turn turn)
    {
        var waiting = bidder.Books.Waiting;
        bidder.Free(run, turn);
        if (bidder.Books.Waiting == waiting) return;
        foreach (var pod in kept.Values.ToArray())
            if (pod.Stage == PodStage.Admitted && !bidder.WaitsForRoom(pod.Run)) Advance(pod, turn);
    }
}
