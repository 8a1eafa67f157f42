using Gossip.Core.Ports;
using Gossip.Core.Templates;
using Gossip.Core.Turns;

namespace Gossip.Core.Pods.Ending;

/// <summary>
/// A container's hooks, and how it ends: its preStop hook, then SIGTERM, then SIGKILL, all within one grace. Keeps nothing itself:
/// how far an end is, the container knows.
/// </summary>
static class ContainerEnder
{
    /// <summary>How far beyond the grace hooks and sidecars may push the end.</summary>
    public static readonly TimeSpan Slack = LeastAfterHook + TimeSpan.FromSeconds(1);

    /// <summary>Kubernetes sets a postStart hook no bound; it must have one somewhere.</summary>
    static readonly TimeSpan PostStartMost = TimeSpan.FromMinutes(10);

    /// <summary>What SIGTERM has at least after a preStop hook, as in Kubernetes.</summary>
    static TimeSpan LeastAfterHook => TimeSpan.FromSeconds(2);

    /// <summary>It runs: its postStart hook follows, if it has one.</summary>
    public static void BeginPostStart(KeptPod pod, KeptContainer container, Turn turn)
    {
        if (container.Spec.PostStart is { } hook) RunHook(pod, container, ActionPurpose.PostStart, hook, PostStartMost, turn);
    }

    public static void OnPostStartEnded(KeptPod pod, KeptContainer container, ActionEnded ended, Turn turn)
    {
        if (container.PostStart != HookStage.UnderWay) return;
        container.PostStartEnded();
        if (ended.Passed) return;
        pod.Notes.Add("FailedPostStartHook", container.Name, "PostStartHook failed", ended.Message);
        Kill(pod, container, pod.Template.TerminationGrace, $"Container {container.Name} failed its postStart hook", turn);
    }

    /// <summary>Ends a running container; nothing happens to one that is being ended.</summary>
    public static void Kill(KeptPod pod, KeptContainer container, TimeSpan grace, string because, Turn turn)
    {
        if (!container.Runs || container.Killed is not null) return;
        container.Kill(turn.Monotonic, grace);
        pod.Notes.Add("Killing", container.Name, because);
        if (container.Spec.PreStop is { } hook && grace > TimeSpan.Zero)
        {
            container.PreStopBegan();
            RunHook(pod, container, ActionPurpose.PreStop, hook, grace, turn);
            pod.Alarm.LookAt(turn.Monotonic + grace + Slack);
        }
        else Terminate(pod, container, grace, turn);
    }

    public static void OnPreStopEnded(KeptPod pod, KeptContainer container, ActionEnded ended, Turn turn)
    {
        if (container.PreStop != HookStage.UnderWay) return;
        if (!ended.Passed) pod.Notes.Add("FailedPreStopHook", container.Name, "PreStopHook failed", ended.Message);
        AfterPreStop(pod, container, turn);
    }

    /// <summary>The hook is to answer within the grace. Should nobody say so, the container ends all the same.</summary>
    public static void AwaitPreStop(KeptPod pod, KeptContainer container, Turn turn)
    {
        if (container.PreStop != HookStage.UnderWay || container.Killed is not { } killed) return;
        var patience = killed.At + killed.Grace + Slack;
        if (turn.Monotonic < patience) pod.Alarm.LookAt(patience);
        else AfterPreStop(pod, container, turn);
    }

    /// <summary>
    /// Brings what runs of a pod one step nearer to its end: the main containers first, all at once, then the sidecars from the last to
    /// the first. True once nothing runs any more. What is still on its way to a start is not waited for.
    /// </summary>
    /// <param name="because">Follows "Stopping container NAME" in the notes.</param>
    public static bool TryTakeDown(KeptPod pod, TimeSpan grace, string because, Turn turn)
    {
        var anyUp = false;
        foreach (var container in pod.Containers)
        {
            if (container.Role == ContainerRole.Sidecar || !container.Runs) continue;
            Kill(pod, container, grace, $"Stopping container {container.Name}{because}", turn);
            anyUp = true;
        }
        if (anyUp) return false;
        for (var i = pod.Containers.Length - 1; i >= 0; i--)
        {
            if (pod.Containers[i] is not { Runs: true } sidecar) continue;
            Kill(pod, sidecar, grace, $"Stopping container {sidecar.Name}{because}", turn);
            return false;
        }
        return true;
    }

    static void AfterPreStop(KeptPod pod, KeptContainer container, Turn turn)
    {
        container.PreStopEnded();
        var killed = container.Killed!.Value;
        var rest = killed.At + killed.Grace - turn.Monotonic;
        Terminate(pod, container, rest > LeastAfterHook ? rest : LeastAfterHook, turn);
    }

    static void Terminate(KeptPod pod, KeptContainer container, TimeSpan grace, Turn turn) =>
        turn.Perform(new StopContainer(pod.Run, pod.Template.RuntimeClass, container.Name, container.Attempt, grace));

    static void RunHook(KeptPod pod, KeptContainer container, ActionPurpose purpose, PodAction hook, TimeSpan within, Turn turn) =>
        turn.Perform(new RunAction(pod.Run, pod.Template.RuntimeClass, container.Name, container.Attempt, purpose, hook, pod.Ip, within));
}
