using Gossip.Core.Pods.Ending;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Turns;

namespace Gossip.Core.Pods.Probing;

/// <summary>
/// When a container is probed, and what follows from the answers: startup before the others, liveness to kill, readiness to be seen.
/// Keeps nothing itself: what the answers add up to, the container's probes know.
/// </summary>
static class Prober
{
    /// <summary>Sees to a running container: its preStop hook's end, or the probe that is due.</summary>
    public static void Watch(KeptPod pod, KeptContainer container, Turn turn)
    {
        if (!container.Runs) return;
        if (container.Killed is not null)
        {
            ContainerEnder.AwaitPreStop(pod, container, turn);
            return;
        }
        if (container.PostStart != HookStage.Done) return;
        if (container.Startup is { Passes: false } startup)
        {
            Probe(pod, container, startup, turn);
            return;
        }
        if (container.Liveness is { } liveness) Probe(pod, container, liveness, turn);
        if (container.Readiness is { } readiness) Probe(pod, container, readiness, turn);
    }

    /// <summary>A probe has an answer.</summary>
    public static void OnProbed(KeptPod pod, KeptContainer container, KeptProbe probe, ActionEnded ended, Turn turn)
    {
        probe.Take(ended.Passed);
        if (ended.Passed) return;
        pod.Notes.Add("Unhealthy", container.Name, $"{probe.Purpose} probe failed", ended.Message);
        if (!probe.Fails || probe.Purpose == ActionPurpose.Readiness || container.Killed is not null) return;
        var what = probe.Purpose == ActionPurpose.Startup ? "startup" : "liveness";
        var grace = probe.Spec.Grace ?? pod.Template.TerminationGrace;
        ContainerEnder.Kill(pod, container, grace, $"Container {container.Name} failed {what} probe, will be restarted", turn);
    }

    static void Probe(KeptPod pod, KeptContainer container, KeptProbe probe, Turn turn)
    {
        if (probe.IsUnderWay) return;
        var due = probe.DueAt ?? probe.FirstDue(FirstProbeAt(pod, container, probe, turn.Monotonic));
        if (due <= turn.Monotonic)
        {
            probe.Begin(turn.Monotonic);
            turn.Perform(new RunAction(
                pod.Run, pod.Template.RuntimeClass, container.Name, container.Attempt,
                probe.Purpose, probe.Spec.Action, pod.Ip, probe.Spec.Timeout));
        }
        else pod.Alarm.LookAt(due);
    }

    /// <summary>
    /// A moment after it may be: what just started answers nobody yet, and a hundred pods that start together are not probed together.
    /// </summary>
    static Instant FirstProbeAt(KeptPod pod, KeptContainer container, KeptProbe probe, Instant now)
    {
        var moment = Math.Max(1, Math.Min(probe.Spec.Period.Ticks, TimeSpan.TicksPerSecond) / 10);
        var random = StableHash.Mix(StableHash.Mix(pod.Number, (ulong)probe.Purpose), (ulong)pod.Containers.IndexOf(container));
        var from = container.StartedAt + probe.Spec.InitialDelay;
        return (from > now ? from : now) + new TimeSpan(moment + (long)(random % (ulong)moment));
    }
}
