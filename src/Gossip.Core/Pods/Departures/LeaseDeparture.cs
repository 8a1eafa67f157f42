using Gossip.Core.Membership;
using Gossip.Core.Pods.Recovery;
using Gossip.Core.Tables;
using Gossip.Core.Turns;

namespace Gossip.Core.Pods.Departures;

/// <summary>A singleton ends when its lease was not renewed in time, early enough to be dead before another may have it.</summary>
sealed class LeaseDeparture(NodeTimings timings, PodLeases leases, LostRuntimes lost) : IDeparture
{
    /// <summary>Renews the pod's lease when that is due, and judges by what is granted.</summary>
    public Departure? Judge(KeptPod pod, Turn turn)
    {
        if (!pod.Template.IsSingleton) return null;
        if (pod.End.IsGone || pod.End.Rests)
        {
            leases.End(pod, turn);
            return null;
        }
        // Of an engine that is gone nobody knows what runs: what an earlier life was granted may be in use, and is not given back.
        var mayRun = pod.Stage != PodStage.Admitted || pod.LostAt is not null || lost.Has(pod);
        if (leases.Renew(pod, mayRun, turn) is not { } stop) return null;
        if (turn.Monotonic < stop)
        {
            pod.Alarm.LookAt(stop);
            return null;
        }
        return new Departure(PodReasons.LeaseLost, leases.Describe(pod, turn.Now))
        {
            GraceMost = leases.GraceOf(pod),
            HoldBack = timings.LeaseTerm,
            IsNoted = true,
        };
    }
}
