using System.Globalization;
using Gossip.Core.Ports;
using Gossip.Core.Replication;
using Gossip.Core.Scheduling;
using Gossip.Core.Templates;
using Gossip.Core.Turns;

namespace Gossip.Core.Pods;

// Hooks, and how containers and whole pods end. A pod without hooks and sidecars ends with one command. Otherwise the main
// containers go first, all at once, then the sidecars from the last to the first, all within one grace; and whatever
// hooks do, the runtime is told to free the pod a little after it.
sealed partial class PodKeeper
{
    /// <summary>Kubernetes sets a postStart hook no bound; it must have one somewhere.</summary>
    static readonly TimeSpan PostStartMost = TimeSpan.FromMinutes(10);

    /// <summary>What SIGTERM has at least after a preStop hook, as in Kubernetes.</summary>
    static readonly TimeSpan LeastAfterHook = TimeSpan.FromSeconds(2);

    /// <summary>How far beyond the grace hooks and sidecars may push the end.</summary>
    static readonly TimeSpan EndSlack = LeastAfterHook + TimeSpan.FromSeconds(1);

    void BeginPostStart(KeptPod pod, KeptContainer container, Turn turn)
    {
        container.PostStart = container.Spec.PostStart is null ? HookStage.Done : HookStage.UnderWay;
        if (container.Spec.PostStart is { } hook) RunHook(pod, container, ActionPurpose.PostStart, hook, PostStartMost, turn);
    }

    void OnPostStartEnded(KeptPod pod, KeptContainer container, ActionEnded ended, Turn turn)
    {
        if (container.PostStart != HookStage.UnderWay) return;
        container.PostStart = HookStage.Done;
        if (ended.Passed) return;
        pod.Notes.Add("FailedPostStartHook", container.Name, "PostStartHook failed", ended.Message);
        Kill(pod, container, pod.Template.TerminationGrace, $"Container {container.Name} failed its postStart hook", turn);
    }

    /// <summary>Ends one running container: its preStop hook, then SIGTERM, then SIGKILL, all within the grace.</summary>
    void Kill(KeptPod pod, KeptContainer container, TimeSpan grace, string because, Turn turn)
    {
        if (!container.Runs || container.KilledAt is not null) return;
        container.KilledAt = turn.Monotonic;
        container.KillGrace = grace;
        pod.Notes.Add("Killing", container.Name, because);
        if (container.Spec.PreStop is { } hook && grace > TimeSpan.Zero)
        {
            container.PreStop = HookStage.UnderWay;
            RunHook(pod, container, ActionPurpose.PreStop, hook, grace, turn);
            pod.LookAt(turn.Monotonic + grace + EndSlack);
        }
        else Terminate(pod, container, grace, turn);
    }

    void OnPreStopEnded(KeptPod pod, KeptContainer container, ActionEnded ended, Turn turn)
    {
        if (container.PreStop != HookStage.UnderWay) return;
        if (!ended.Passed) pod.Notes.Add("FailedPreStopHook", container.Name, "PreStopHook failed", ended.Message);
        AfterPreStop(pod, container, turn);
    }

    /// <summary>The hook is to answer within the grace. Should nobody say so, the container ends all the same.</summary>
    void AwaitPreStop(KeptPod pod, KeptContainer container, Turn turn)
    {
        if (container.PreStop != HookStage.UnderWay || container.KilledAt is not { } killed) return;
        var patience = killed + container.KillGrace + EndSlack;
        if (turn.Monotonic < patience) pod.LookAt(patience);
        else AfterPreStop(pod, container, turn);
    }

    static void AfterPreStop(KeptPod pod, KeptContainer container, Turn turn)
    {
        container.PreStop = HookStage.Done;
        var rest = container.KilledAt!.Value + container.KillGrace - turn.Monotonic;
        Terminate(pod, container, rest > LeastAfterHook ? rest : LeastAfterHook, turn);
    }

    static void Terminate(KeptPod pod, KeptContainer container, TimeSpan grace, Turn turn) =>
        turn.Perform(new StopContainer(pod.Run, pod.Template.RuntimeClass, container.Name, container.Attempt, grace));

    static void RunHook(KeptPod pod, KeptContainer container, ActionPurpose purpose, PodAction hook, TimeSpan within, Turn turn) =>
        turn.Perform(new RunAction(pod.Run, pod.Template.RuntimeClass, container.Name, container.Attempt, purpose, hook, pod.Ip, within));

    /// <summary>It failed for good, whatever its containers do.</summary>
    void Fail(KeptPod pod, string reason, string message, Turn turn)
    {
        pod.HasFailed = true;
        (pod.Reason, pod.Message) = (reason, message);
        Finish(pod, succeeded: false, turn);
    }

    void Finish(KeptPod pod, bool succeeded, Turn turn)
    {
        pod.Stage = PodStage.Finished;
        if (succeeded && slots.Find(pod.Run.Pod) is not { Succeeded: true }) Declare(pod.Run.Pod, Fields.Succeeded, turn);
        End(pod, turn);
    }

    /// <summary>Ends it, gracefully; its admission goes once the runtime says that nothing is left.</summary>
    void Stop(KeptPod pod, Turn turn)
    {
        if (pod.Stage == PodStage.Stopping) return;
        var nothingThere = pod.Stage == PodStage.Admitted && pod.LostAt is null || pod.IsGone;
        pod.Stage = PodStage.Stopping;
        if (nothingThere)
        {
            Forget(pod, turn);
            return;
        }
        pod.NextDue = null;
        End(pod, turn);
        Tell(pod, turn); // unready from now on
        SetAlarm(pod, turn);
    }

    void End(KeptPod pod, Turn turn)
    {
        bidder.Leaves(pod.Run);
        var grace = GraceOf(pod);
        if (pod.GraceMost < grace) grace = pod.GraceMost.Value;
        if (pod.EndsAt is null) pod.EndsInOrder = pod.Containers.Any(container => container.Runs && (container.Spec.PreStop is not null || container.Role == ContainerRole.Sidecar));
        if (pod.EndsAt is null || turn.Monotonic + grace < pod.EndsAt) pod.EndsAt = turn.Monotonic + grace;
        pod.EndsInOrder &= grace > TimeSpan.Zero;
        KeepEnding(pod, turn);
    }

    void KeepEnding(KeptPod pod, Turn turn)
    {
        if (pod.StopAsked || pod.IsGone || pod.LostAt is not null || pod.EndsAt is not { } end) return;
        if (TryRest(pod, turn)) return;
        var rest = end > turn.Monotonic ? end - turn.Monotonic : TimeSpan.Zero;
        if (pod.EndsInOrder && turn.Monotonic < end + EndSlack)
        {
            foreach (var container in pod.Containers) Watch(pod, container, turn);
            if (!TryTakeDown(pod, rest, "", turn))
            {
                pod.LookAt(end + EndSlack);
                return;
            }
        }
        foreach (var container in pod.Containers)
            if (container.Runs && container.KilledAt is null) pod.Notes.Add("Killing", container.Name, $"Stopping container {container.Name}");
        AskStop(pod, rest, turn);
    }

    static void AskStop(KeptPod pod, TimeSpan grace, Turn turn)
    {
        pod.StopAsked = true;
        turn.Perform(new StopPod(pod.Run, pod.Template.RuntimeClass, grace));
    }

    /// <summary>Brings what runs one step nearer to its end; true once nothing runs any more. What is still on its way to a start is not waited for.</summary>
    bool TryTakeDown(KeptPod pod, TimeSpan grace, string because, Turn turn)
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

    /// <summary>The grace with which somebody deletes its object, else its own.</summary>
    TimeSpan GraceOf(KeptPod pod) =>
        tables.Find(pod.Run.Pod.Workload)?[Fields.Deleting] is { IsNull: false } deleting
        && int.TryParse(deleting.Value.Span, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(seconds)
            : pod.Template.TerminationGrace;
}
