using Gossip.Core.Leases;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Turns;

namespace Gossip.Core.Pods;

/// <summary>
/// The leases of the singletons that are kept here. Nothing of a singleton starts before a majority of the voters has granted its
/// lease; while anything of it may live the lease is renewed; and when that fails, everything is dead before any voter may grant it
/// to another. The runtime has the last word (<see cref="LeasePod"/>), since this process may be paused or gone by then.
/// </summary>
sealed class PodLeases(LeaseHolder leases)
{
    sealed class Held(Lease lease)
    {
        public Lease Lease => lease;

        /// <summary>From when the lease counts up to which the runtime lets the pod live; null when it was told nothing.</summary>
        public Instant? ToldFrom { get; set; }
    }

    readonly Dictionary<KeptPod, Held> held = []; // looked up only

    /// <summary>A voter answers. The run whose lease may have changed; null for an answer that nobody waits for.</summary>
    public PodRun? OnReply(in Message message) => leases.OnReply(message.Body, message.Sender);

    /// <summary>Something of the pod may be started now.</summary>
    public bool Allow(KeptPod pod, Now now) =>
        !pod.Template.IsSingleton || held.TryGetValue(pod, out var its) && leases.Holds(its.Lease, now.Monotonic);

    /// <summary>Some voter says that another node holds the lease.</summary>
    public bool IsHeldElsewhere(KeptPod pod) => held.TryGetValue(pod, out var its) && its.Lease.IsHeldElsewhere;

    /// <summary>For people: what is missing of the pod's lease.</summary>
    public string Describe(KeptPod pod, Now now) => leases.Describe(held[pod].Lease, now);

    /// <summary>For how long SIGTERM may take: nothing, when the pod ran in an earlier life and has no grant of this one.</summary>
    public TimeSpan GraceOf(KeptPod pod) => held[pod].ToldFrom is null ? TimeSpan.Zero : leases.Grace;

    /// <summary>Asks the voters when that is due, and tells the runtime up to when the pod may live.</summary>
    /// <param name="runs">Something of the pod may run: what was granted is never given back.</param>
    /// <returns>
    /// When the pod has to end unless the lease is renewed before; null when nothing of it runs, or it is on its way out.
    /// </returns>
    public Instant? Renew(KeptPod pod, bool runs, Turn turn)
    {
        if (!held.TryGetValue(pod, out var its)) held.Add(pod, its = new Held(leases.Begin(pod.Run, turn.Now)));
        leases.Keep(its.Lease, runs, turn);
        pod.Alarm.LookAt(its.Lease.NextAsk);
        if (pod.Stage == PodStage.Admitted)
        {
            its.ToldFrom = null;
            return null;
        }
        if (leases.From(its.Lease) is { } since && (its.ToldFrom is not { } before || before < since))
        {
            its.ToldFrom = since;
            turn.Perform(new LeasePod(pod.Run, pod.Template.RuntimeClass, since + leases.KillAfter));
        }
        if (!pod.Runs) return null; // on its way out: the runtime ends it in time if the grace is longer than the lease
        return its.ToldFrom is { } told ? told + leases.StopAfter : its.Lease.Since + leases.AdoptWithin;
    }

    /// <summary>The runtime did not know the pod before, so it has to be told anew.</summary>
    public void TellAnew(KeptPod pod)
    {
        if (held.TryGetValue(pod, out var its)) its.ToldFrom = null;
    }

    /// <summary>Nothing of the pod is left, and nothing will be.</summary>
    public void End(KeptPod pod, Turn turn)
    {
        if (held.Remove(pod, out var its)) leases.End(its.Lease, turn);
    }
}
