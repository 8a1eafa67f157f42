using Gossip.Core.Membership;
using Gossip.Core.Pods.Ending;
using Gossip.Core.Pods.StartGates;
using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Core.Turns;

namespace Gossip.Core.Pods;

/// <summary>
/// Looks at the pods that depend on services when the tables changed; and holds those, when asked, that run while a service has been
/// lost: their containers end, and start anew when it is back.
/// </summary>
sealed class DependencyWatch(NodeTimings timings, SlotTable slots, Dependencies dependencies)
{
    /// <summary>Between two looks: what changes within is looked at together.</summary>
    static readonly TimeSpan LookAfter = TimeSpan.FromMilliseconds(50);

    ulong seen; // the tables' version
    bool isDue;

    /// <summary>The end of a turn. Only a node with pods that depend on something pays for it.</summary>
    public void OnSettled(KeptPods kept, Turn turn)
    {
        if (kept.Dependents == 0 || isDue || seen == slots.Version) return;
        isDue = true;
        turn.Wake(PodTicks.For(PodTicks.DependenciesDue), LookAfter);
    }

    /// <summary>The timer is due: every pod that depends on something is to be looked at.</summary>
    public void OnDue()
    {
        isDue = false;
        seen = slots.Version;
    }

    /// <summary>Holds a running pod once what it depends on has been gone for a while: a moment without an endpoint is no loss.</summary>
    public void Watch(KeptPod pod, Instant now)
    {
        if (!pod.Template.RestartsWithDependencies || pod.Template.DependsOn.IsEmpty || pod.Dependencies.IsHeld) return;
        if (Missing(pod, now) is not { } missing)
        {
            pod.Dependencies.MissesNothing();
            return;
        }
        var lost = pod.Dependencies.Misses(now) + timings.DependencyLoss;
        if (now < lost)
        {
            pod.Alarm.LookAt(lost);
            return;
        }
        pod.Dependencies.Hold();
        pod.Notes.Add(PodReasons.DependencyLost, "", $"svc/{missing} has no ready endpoint any more");
    }

    /// <summary>Ends what runs of a held pod; true once all is down and what it depends on is back.</summary>
    public bool TryRelease(KeptPod pod, Turn turn)
    {
        if (!ContainerEnder.TryTakeDown(pod, pod.Template.TerminationGrace, ": a service that it depends on was lost", turn)) return false;
        if (pod.IsAnyUp) return false; // it ends once it has started, or fails to
        if (Missing(pod, turn.Monotonic) is { } missing)
        {
            pod.Wait(DependencyGate.WaitFor(missing));
            return false;
        }
        pod.Dependencies.Release();
        pod.SayOfWaiting(pod.Starting, "");
        return true;
    }

    string? Missing(KeptPod pod, Instant now) => dependencies.Missing(pod.Template, pod.Launch!.Namespace, now);
}
