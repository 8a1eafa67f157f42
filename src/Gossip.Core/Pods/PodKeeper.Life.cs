using System.Globalization;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Scheduling;
using Gossip.Core.Tables;
using Gossip.Core.Templates;
using Gossip.Core.Turns;

namespace Gossip.Core.Pods;

// The next step of one pod. It is looked at anew after every report and whenever something of it is due, and each look
// does whatever may be done by now: so there is one place that decides, and no event that could be missed. A pod has one
// alarm, for the earliest moment at which anything of it is due.
sealed partial class PodKeeper
{
    const string CrashLoopBackOff = "CrashLoopBackOff", ErrImagePull = "ErrImagePull", ImagePullBackOff = "ImagePullBackOff";

    /// <summary>Kubernetes shows the failure itself for a moment, then that it waits.</summary>
    static readonly TimeSpan PullFailureShown = TimeSpan.FromSeconds(2);

    void Advance(KeptPod pod, Turn turn)
    {
        if (!hasBegun || kept.GetValueOrDefault(pod.Run) != pod) return;
        pod.NextDue = null;
        if (TryTaintOut(pod, turn) || TryEndAlone(pod, turn) || TryLoseLease(pod, turn)) return;
        if (pod.LostAt is not null || IsLost(pod)) WaitForRuntime(pod, turn);
        else if (pod.Runs && IsOverdue(pod, turn.Monotonic)) Fail(pod, "DeadlineExceeded", "Pod was active on the node longer than the specified deadline", turn);
        else if (pod.Stage == PodStage.Admitted) TryPrepare(pod, turn);
        else if (pod.Stage == PodStage.Running) KeepRunning(pod, turn);
        else if (pod.Stage is PodStage.Finished or PodStage.Stopping) KeepEnding(pod, turn);
        Tell(pod, turn);
        SetAlarm(pod, turn);
    }

    void SetAlarm(KeptPod pod, Turn turn)
    {
        if (pod.NextDue is not { } due || pod.AlarmAt <= due) return;
        pod.AlarmAt = due;
        turn.Wake(new NodeTimer(NodeTimerKind.PodDue, pod.Number, (ulong)due.Ticks), due - turn.Monotonic);
    }

    void OnAlarm(KeptPod pod, ulong at, Turn turn)
    {
        if (pod.AlarmAt is not { } alarm || (ulong)alarm.Ticks != at) return; // an earlier one was set since, and rang
        pod.AlarmAt = null;
        Advance(pod, turn);
    }

    static bool IsOverdue(KeptPod pod, Instant now)
    {
        if (pod.DeadlineAt is not { } deadline) return false;
        if (deadline <= now) return true;
        pod.LookAt(deadline);
        return false;
    }

    void TryPrepare(KeptPod pod, Turn turn)
    {
        if (leaving || pod.Row is null || slots.Find(pod.Run.Pod) is not { } slot) return;
        if (AwaitsGang(pod, slot, turn)) return;
        if (AwaitsLease(pod, slot, turn)) return;
        if (bidder.WaitsForRoom(pod.Run) && config.Planted != PlantedBug.RoomNotAwaited) pod.Waits(WaitingForRoom, "until nothing is left of the pods that make way for it");
        else if (dependencies.Missing(pod.Template, slot.Workload.Namespace, turn.Monotonic) is { } missing) WaitForDependency(pod, missing);
        else Prepare(pod, slot, turn);
    }

    void Prepare(KeptPod pod, Slot slot, Turn turn)
    {
        var launch = new PodLaunch(pod.Run, slot.Name, slot.Workload.Namespace,
            pod.Run.Uid, config.Card.Name, pod.Template);
        pod.Waits(pod.Creating, "");
        if (FilesOf(pod, launch, slot) is not { } files) return; // OnConfig looks at it again
        pod.Stage = PodStage.Preparing;
        pod.ToldAt = turn.Monotonic; // what follows comes in quick succession: tell it together
        if (pod.Template.ActiveDeadline is { } deadline) pod.DeadlineAt ??= turn.Monotonic + deadline;
        pod.Launch = launch;
        turn.Perform(new PreparePod(pod.Run, pod.Template.RuntimeClass, launch, files));
    }

    void KeepRunning(KeptPod pod, Turn turn)
    {
        FollowFiles(pod, turn);
        WatchDependencies(pod, turn.Now);
        foreach (var container in pod.Containers) Watch(pod, container, turn);
        if (pod.IsHeld && !TryRelease(pod, turn))
        {
            if (pod.Row is null && pod.IsIdle) Judge(pod, slots.Find(pod.Run.Pod), turn); // no use to anybody any more
            return;
        }
        StartWhatMay(pod, turn);
        if (pod.Stage == PodStage.Running && pod.Outcome is { } succeeded) Finish(pod, succeeded, turn);
    }

    /// <summary>Init containers one after another, each to its success; a sidecar until it has started; then the main ones.</summary>
    void StartWhatMay(KeptPod pod, Turn turn)
    {
        var isOneOnItsWay = false;
        foreach (var container in pod.Containers)
        {
            if (container.Role == ContainerRole.Main)
            {
                pod.IsInitialized = true;
                // In the order of the manifest. One that fails to start holds up nobody, nor does one that starts again.
                if (!isOneOnItsWay || container.Attempt > 0 || container.IsRestart) TryStart(pod, container, turn);
                isOneOnItsWay |= container.IsOnItsWay;
                continue;
            }
            if (container.HasSucceeded || pod.IsInitialized && container.Role == ContainerRole.Init) continue;
            if (container.Stage == ContainerStage.Terminated)
            {
                Fail(pod, "", "", turn); // by the restart policy it stays as it ended
                return;
            }
            TryStart(pod, container, turn);
            if (!pod.IsInitialized && container.Role == ContainerRole.Sidecar && !container.HasStarted) return;
            if (!pod.IsInitialized && container.Role == ContainerRole.Init && config.Planted != PlantedBug.InitNotAwaited) return;
        }
    }

    void TryStart(KeptPod pod, KeptContainer container, Turn turn)
    {
        if (container.IsUp || container.Stage == ContainerStage.Terminated) return;
        if (!HasLease(pod, turn.Now)) return; // it comes back with the lease, or goes without it
        if (container.NotBefore <= turn.Monotonic)
        {
            Start(pod, container, turn);
            return;
        }
        pod.LookAt(container.NotBefore);
        if (container.Reason != ErrImagePull) return;
        if (turn.Monotonic < container.FailedAt + PullFailureShown) pod.LookAt(container.FailedAt + PullFailureShown);
        else (container.Reason, container.Message) = (ImagePullBackOff, $"Back-off pulling image \"{container.Spec.Image}\": {container.Message}");
    }

    void Start(KeptPod pod, KeptContainer container, Turn turn)
    {
        if (container.IsRestart) container.Attempt++;
        container.IsRestart = false;
        container.Renew();
        container.IsUp = true;
        if (container.FailedStarts == 0) (container.Reason, container.Message) = (pod.IsInitialized ? "ContainerCreating" : pod.Creating, "");
        if (Configure(pod, container, out var problem) is { } start) turn.Perform(new StartContainer(pod.Run, pod.Template.RuntimeClass, start));
        else NotStarted(pod, container, ConfigError, problem, turn.Now); // OnConfig may cut the wait short
    }

    /// <summary>It did not come to a start. That is nobody's crash: it is tried again whatever the restart policy, and does not count.</summary>
    void NotStarted(KeptPod pod, KeptContainer container, string reason, string message, Now now)
    {
        container.IsUp = false;
        container.FailedStarts++;
        container.FailedAt = now.Monotonic;
        container.NotBefore = now.Monotonic + RestartBackoff.Of(container.FailedStarts + 1, config.Timings);
        container.Since = now.Wall;
        (container.Reason, container.Message) = (reason, message);
        pod.Notes.Add("Failed", container.Name, reason == ErrImagePull ? $"Failed to pull image \"{container.Spec.Image}\"" : reason, message);
        pod.LookAt(container.NotBefore);
    }

    /// <summary>Writes down how an attempt ended.</summary>
    void Ended(KeptContainer container, int exitCode, string reason, string message, WallTime at, Now now)
    {
        var ranLong = container.Runs && now.Monotonic - container.StartedAt >= config.Timings.RestartBackoffReset;
        container.IsUp = false;
        container.Stage = ContainerStage.Terminated;
        container.ExitCode = exitCode;
        container.Since = at;
        container.Reason = reason.Length > 0 ? reason : exitCode == 0 ? "Completed" : "Error";
        container.Message = message;
        container.Crashes = ranLong ? 1 : container.Crashes + 1;
    }

    /// <summary>A container ended: it starts again, now or later, or it is left at that.</summary>
    void Settle(KeptPod pod, KeptContainer container, Now now)
    {
        if (pod.Stage != PodStage.Running || container.Stage != ContainerStage.Terminated) return;
        var isHeldBack = pod.IsHeld && container.Role != ContainerRole.Init;
        if (!isHeldBack && !RestartBackoff.Restarts(RestartBackoff.PolicyOf(container.Role, pod.Template.RestartPolicy), container.ExitCode)) return;
        var wait = isHeldBack ? TimeSpan.Zero : RestartBackoff.Of(container.Crashes, config.Timings);
        container.Last = new(container.ExitCode, isHeldBack ? DependencyLost : container.Reason, container.Since);
        container.Stage = ContainerStage.Waiting;
        container.IsRestart = true;
        container.NotBefore = now.Monotonic + wait;
        (container.Reason, container.Message) = wait == TimeSpan.Zero ? (pod.IsInitialized ? "ContainerCreating" : pod.Creating, "") : (CrashLoopBackOff, string.Create(
            CultureInfo.InvariantCulture, $"back-off {wait.TotalSeconds:0.###}s restarting container {container.Name}, which ended with {container.ExitCode} ({container.Reason})"));
    }
}
