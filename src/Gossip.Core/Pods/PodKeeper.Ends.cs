using System.Globalization;
using Gossip.Core.Model;
using Gossip.Core.Replication;
using Gossip.Core.Scheduling;

namespace Gossip.Core.Pods;

// Hooks, and how containers and whole pods end. A pod without hooks and sidecars ends with one command. Otherwise the main
// containers go first, all at once, then the sidecars from the last to the first, all within one grace; and whatever
// hooks do, the runtime is told to free the pod a little after it.
public sealed partial class PodKeeper
{
    /// <summary>Kubernetes sets a postStart hook no bound; it must have one somewhere.</summary>
    static readonly TimeSpan PostStartMost = TimeSpan.FromMinutes(10);

    /// <summary>What SIGTERM has at least after a preStop hook, as in Kubernetes.</summary>
    static readonly TimeSpan LeastAfterHook = TimeSpan.FromSeconds(2);

    /// <summary>How far beyond the grace hooks and sidecars may push the end.</summary>
    static readonly TimeSpan EndSlack = LeastAfterHook + TimeSpan.FromSeconds(1);

    void BeginPostStart(KeptPod pod, KeptContainer container, NodeEffects effects)
    {
        container.PostStart = container.Spec.PostStart is null ? HookStage.Done : HookStage.UnderWay;
        if (container.Spec.PostStart is { } hook) RunHook(pod, container, ActionPurpose.PostStart, hook, PostStartMost, effects);
    }

    void OnPostStartEnded(KeptPod pod, KeptContainer container, ActionEnded ended, Now now, NodeEffects effects)
    {
        if (container.PostStart != HookStage.UnderWay) return;
        container.PostStart = HookStage.Done;
        if (ended.Passed) return;
        pod.Notes.Add("FailedPostStartHook", container.Name, "PostStartHook failed", ended.Message);
        Kill(pod, container, pod.Template.TerminationGrace, $"Container {container.Name} failed its postStart hook", now, effects);
    }

    /// <summary>Ends one running container: its preStop hook, then SIGTERM, then SIGKILL, all within the grace.</summary>
    void Kill(KeptPod pod, KeptContainer container, TimeSpan grace, string because, Now now, NodeEffects effects)
    {
        if (!container.Runs || container.KilledAt is not null) return;
        container.KilledAt = now.Monotonic;
        container.KillGrace = grace;
        pod.Notes.Add("Killing", container.Name, because);
        if (container.Spec.PreStop is { } hook && grace > TimeSpan.Zero)
        {
            container.PreStop = HookStage.UnderWay;
            RunHook(pod, container, ActionPurpose.PreStop, hook, grace, effects);
            pod.LookAt(now.Monotonic + grace + EndSlack);
        }
        else Terminate(pod, container, grace, effects);
    }

    void OnPreStopEnded(KeptPod pod, KeptContainer container, ActionEnded ended, Now now, NodeEffects effects)
    {
        if (container.PreStop != HookStage.UnderWay) return;
        if (!ended.Passed) pod.Notes.Add("FailedPreStopHook", container.Name, "PreStopHook failed", ended.Message);
        AfterPreStop(pod, container, now, effects);
    }

    /// <summary>The hook is to answer within the grace. Should nobody say so, the container ends all the same.</summary>
    void AwaitPreStop(KeptPod pod, KeptContainer container, Now now, NodeEffects effects)
    {
        if (container.PreStop != HookStage.UnderWay || container.KilledAt is not { } killed) return;
        var patience = killed + container.KillGrace + EndSlack;
        if (now.Monotonic < patience) pod.LookAt(patience);
        else AfterPreStop(pod, container, now, effects);
    }

    static void AfterPreStop(KeptPod pod, KeptContainer container, Now now, NodeEffects effects)
    {
        container.PreStop = HookStage.Done;
        var rest = container.KilledAt!.Value + container.KillGrace - now.Monotonic;
        Terminate(pod, container, rest > LeastAfterHook ? rest : LeastAfterHook, effects);
    }

    static void Terminate(KeptPod pod, KeptContainer container, TimeSpan grace, NodeEffects effects) =>
        effects.Perform(new StopContainer(pod.Run, pod.Template.RuntimeClass, container.Name, container.Attempt, grace));

    static void RunHook(KeptPod pod, KeptContainer container, ActionPurpose purpose, PodAction hook, TimeSpan within, NodeEffects effects) =>
        effects.Perform(new RunAction(pod.Run, pod.Template.RuntimeClass, container.Name, container.Attempt, purpose, hook, pod.Ip, within));

    /// <summary>It failed for good, whatever its containers do.</summary>
    void Fail(KeptPod pod, string reason, string message, Now now, NodeEffects effects)
    {
        pod.HasFailed = true;
        (pod.Reason, pod.Message) = (reason, message);
        Finish(pod, succeeded: false, now, effects);
    }

    void Finish(KeptPod pod, bool succeeded, Now now, NodeEffects effects)
    {
        pod.Stage = PodStage.Finished;
        if (succeeded && slots.Find(pod.Run.Pod) is not { Succeeded: true }) Declare(pod.Run.Pod, Fields.Succeeded, now, effects);
        End(pod, now, effects);
    }

    /// <summary>Ends it, gracefully; its admission goes once the runtime says that nothing is left.</summary>
    void Stop(KeptPod pod, Now now, NodeEffects effects)
    {
        if (pod.Stage == PodStage.Stopping) return;
        var nothingThere = pod.Stage == PodStage.Admitted && pod.LostAt is null || pod.IsGone;
        pod.Stage = PodStage.Stopping;
        if (nothingThere)
        {
            Forget(pod, now, effects);
            return;
        }
        pod.NextDue = null;
        End(pod, now, effects);
        Tell(pod, now, effects); // unready from now on
        SetAlarm(pod, now, effects);
    }

    void End(KeptPod pod, Now now, NodeEffects effects)
    {
        bidder.Leaves(pod.Run);
        var grace = GraceOf(pod);
        if (pod.GraceMost < grace) grace = pod.GraceMost.Value;
        if (pod.EndsAt is null) pod.EndsInOrder = pod.Containers.Any(container => container.Runs && (container.Spec.PreStop is not null || container.Role == ContainerRole.Sidecar));
        if (pod.EndsAt is null || now.Monotonic + grace < pod.EndsAt) pod.EndsAt = now.Monotonic + grace;
        pod.EndsInOrder &= grace > TimeSpan.Zero;
        KeepEnding(pod, now, effects);
    }

    void KeepEnding(KeptPod pod, Now now, NodeEffects effects)
    {
        if (pod.StopAsked || pod.IsGone || pod.LostAt is not null || pod.EndsAt is not { } end) return;
        if (TryRest(pod, now, effects)) return;
        var rest = end > now.Monotonic ? end - now.Monotonic : TimeSpan.Zero;
        if (pod.EndsInOrder && now.Monotonic < end + EndSlack)
        {
            foreach (var container in pod.Containers) Watch(pod, container, now, effects);
            if (!TryTakeDown(pod, rest, "", now, effects))
            {
                pod.LookAt(end + EndSlack);
                return;
            }
        }
        foreach (var container in pod.Containers)
            if (container.Runs && container.KilledAt is null) pod.Notes.Add("Killing", container.Name, $"Stopping container {container.Name}");
        AskStop(pod, rest, effects);
    }

    static void AskStop(KeptPod pod, TimeSpan grace, NodeEffects effects)
    {
        pod.StopAsked = true;
        effects.Perform(new StopPod(pod.Run, pod.Template.RuntimeClass, grace));
    }

    /// <summary>Brings what runs one step nearer to its end; true once nothing runs any more. What is still on its way to a start is not waited for.</summary>
    bool TryTakeDown(KeptPod pod, TimeSpan grace, string because, Now now, NodeEffects effects)
    {
        var anyUp = false;
        foreach (var container in pod.Containers)
        {
            if (container.Role == ContainerRole.Sidecar || !container.Runs) continue;
            Kill(pod, container, grace, $"Stopping container {container.Name}{because}", now, effects);
            anyUp = true;
        }
        if (anyUp) return false;
        for (var i = pod.Containers.Length - 1; i >= 0; i--)
        {
            if (pod.Containers[i] is not { Runs: true } sidecar) continue;
            Kill(pod, sidecar, grace, $"Stopping container {sidecar.Name}{because}", now, effects);
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
