using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Core.Turns;

namespace Gossip.Core.Pods;

// Pods that depend on services (gossip.dev/depends-on) start once each has a ready endpoint and, when asked, start anew after one was lost.
sealed partial class PodKeeper
{
    internal const string WaitingForDependencies = PodReasons.WaitingForDependencies;
    const string DependencyLost = "DependencyLost";

    /// <summary>Between two looks: what changes within is looked at together.</summary>
    static readonly TimeSpan DependencyLook = TimeSpan.FromMilliseconds(50);

    int dependents; // kept pods that depend on something
    ulong dependenciesSeen;
    bool dependenciesDue;

    /// <summary>At the end of a turn. Only a node with pods that depend on something pays for it.</summary>
    public void OnSettled(Turn turn)
    {
        WatchTaints(turn);
        if (dependents == 0 || dependenciesDue || dependenciesSeen == slots.Version) return;
        dependenciesDue = true;
        turn.Wake(new NodeTimer(NodeTimerKind.PodTick, DependenciesDue), DependencyLook);
    }

    void OnDependenciesDue(Turn turn)
    {
        dependenciesDue = false;
        dependenciesSeen = slots.Version;
        foreach (var pod in kept.Values.ToArray())
            if (!pod.Template.DependsOn.IsEmpty) Advance(pod, turn);
    }

    static void WaitForDependency(KeptPod pod, string service) =>
        pod.Waits(WaitingForDependencies, $"svc/{service} has no ready endpoint");

    string? Missing(KeptPod pod, Now now) => dependencies.Missing(pod.Template, pod.Launch!.Namespace, now.Monotonic);

    /// <summary>Holds a running pod once what it depends on has been gone for a while: a moment without an endpoint is no loss.</summary>
    void WatchDependencies(KeptPod pod, Now now)
    {
        if (!pod.Template.RestartsWithDependencies || pod.Template.DependsOn.IsEmpty || pod.IsHeld) return;
        if (Missing(pod, now) is not { } missing)
        {
            pod.MissesSince = null;
            return;
        }
        pod.MissesSince ??= now.Monotonic;
        var lost = pod.MissesSince.Value + config.Timings.DependencyLoss;
        if (now.Monotonic < lost)
        {
            pod.LookAt(lost);
            return;
        }
        pod.IsHeld = true;
        pod.Notes.Add(DependencyLost, "", $"svc/{missing} has no ready endpoint any more");
    }

    /// <summary>Ends what runs of a held pod; true once all is down and what it depends on is back.</summary>
    bool TryRelease(KeptPod pod, Turn turn)
    {
        if (!TryTakeDown(pod, pod.Template.TerminationGrace, ": a service that it depends on was lost", turn)) return false;
        foreach (var container in pod.Containers)
            if (container.IsUp) return false; // it ends once it has started, or fails to
        if (Missing(pod, turn.Now) is { } missing)
        {
            WaitForDependency(pod, missing);
            return false;
        }
        pod.IsHeld = false;
        pod.MissesSince = null;
        pod.Waits(pod.IsInitialized ? "ContainerCreating" : pod.Creating, "");
        return true;
    }
}
