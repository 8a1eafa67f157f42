using Gossip.Core.Leases;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Core.Turns;
using Gossip.Core.Wire;

namespace Gossip.Core.Pods;

// Singletons run under a lease. Nothing of one starts before a majority of the voters has granted it; while anything of it may
// live the lease is renewed; and when that fails, everything is dead before any voter may grant it to another. The last word has
// the runtime (LeasePod), since this process may be paused or gone by then.
sealed partial class PodKeeper
{
    /// <summary>Of the status of a singleton that ended because its voters could not be reached.</summary>
    internal const string LeaseLost = "LeaseLost";

    const string WaitingForLease = "WaitingForLease";

    readonly LeaseHolder leases;

    /// <summary>A voter answers.</summary>
    public void OnMessage(in Message message, Turn turn)
    {
        if (leases.OnReply(message.Body, message.Sender, turn.Now) is { } run && kept.TryGetValue(run, out var pod)) Advance(pod, turn);
    }

    /// <summary>Renews what is due. True when the pod has to go, now, because it was not renewed in time.</summary>
    bool TryLoseLease(KeptPod pod, Turn turn)
    {
        if (!pod.Template.IsSingleton) return false;
        if (pod.IsGone || pod.Rests)
        {
            EndLease(pod, turn);
            return false;
        }
        var lease = pod.Lease ??= leases.Begin(pod.Run, turn.Now);
        // Of an engine that is gone nobody knows what runs: what an earlier life was granted may be in use, and is not given back.
        leases.Keep(lease, runs: pod.Stage != PodStage.Admitted || pod.LostAt is not null || IsLost(pod), turn);
        pod.LookAt(lease.NextAsk);
        if (pod.Stage == PodStage.Admitted)
        {
            pod.LeasedFrom = null;
            return false;
        }
        var from = leases.From(lease);
        if (from is { } since && (pod.LeasedFrom is not { } before || before < since))
        {
            pod.LeasedFrom = since;
            turn.Perform(new LeasePod(pod.Run, pod.Template.RuntimeClass, since + leases.KillAfter));
        }
        if (!pod.Runs) return false; // on its way out: the runtime ends it in time if the grace is longer than the lease
        var stop = pod.LeasedFrom is { } leased ? leased + leases.StopAfter : lease.Since + leases.AdoptWithin;
        if (turn.Monotonic < stop)
        {
            pod.LookAt(stop);
            return false;
        }
        pod.GraceMost = pod.LeasedFrom is null ? TimeSpan.Zero : leases.Grace;
        pod.Draining = true;
        (pod.Reason, pod.Message) = (LeaseLost, leases.Describe(lease, turn.Now));
        pod.Notes.Add(LeaseLost, "", pod.Message);
        bidder.HoldBack(pod.Run.Pod, turn.Monotonic + config.Timings.LeaseTerm);
        Stop(pod, turn);
        return true;
    }

    /// <summary>Holds a pod back that has nothing running yet. When another runs it, it is not needed at all.</summary>
    bool AwaitsLease(KeptPod pod, Slot slot, Turn turn)
    {
        if (HasLease(pod, turn.Now)) return false;
        if (pod.Lease is { IsHeldElsewhere: true } && PodJudge.AnotherStands(slot, self, members, ready: true))
        {
            pod.Draining = true;
            Stop(pod, turn);
            return true;
        }
        pod.Waits(WaitingForLease, leases.Describe(pod.Lease!, turn.Now));
        return true;
    }

    bool HasLease(KeptPod pod, Now now) => !pod.Template.IsSingleton || pod.Lease is { } lease && leases.Holds(lease, now.Monotonic);

    void EndLease(KeptPod pod, Turn turn)
    {
        if (pod.Lease is not { } lease) return;
        pod.Lease = null;
        leases.End(lease, turn);
    }
}
