using System.Globalization;
using Gossip.Core.Model;
using Gossip.Core.Pods.Configuration;
using Gossip.Core.Replication;
using Gossip.Core.Scheduling;

namespace Gossip.Core.Pods;

// What the runtime tells: a pod has its address, containers start and end, nothing is left.
public sealed partial class PodKeeper
{
    public void OnReport(PodReport report, Now now, NodeEffects effects)
    {
        switch (report)
        {
            case PodsSurvived survived:
                OnSurvived(survived.Pods, now, effects);
                break;
            case PodPrepared prepared when kept.TryGetValue(prepared.Pod, out var pod):
                OnPrepared(pod, prepared.Ip, now, effects);
                break;
            case PodFailed failed when kept.TryGetValue(failed.Pod, out var pod):
                OnFailed(pod, failed, now, effects);
                break;
            case ContainerStarted started when kept.TryGetValue(started.Pod, out var pod):
                OnStarted(pod, started, now, effects);
                break;
            case ContainerExited exited when kept.TryGetValue(exited.Pod, out var pod):
                OnExited(pod, exited, now, effects);
                break;
            case PodStopped stopped when kept.TryGetValue(stopped.Pod, out var pod):
                OnStopped(pod, now, effects);
                break;
        }
    }

    void OnPrepared(KeptPod pod, string ip, Now now, NodeEffects effects)
    {
        if (pod.Stage != PodStage.Preparing) return; // it was told to stop meanwhile
        pod.Stage = PodStage.Running;
        pod.Ip = ip;
        pod.StartedAt = now.Wall;
        foreach (var container in pod.Containers) StartContainer(pod, container, effects);
        Tell(pod, now, effects);
    }

    /// <summary>It cannot be here. The epoch is lost, so that the next auction may give it to another node.</summary>
    void OnFailed(KeptPod pod, PodFailed failed, Now now, NodeEffects effects)
    {
        if (!pod.Runs) return;
        effects.Note(new NodeNote(NoteLevel.Warning, "PodFailed", pod.Run.ToString(), $"{failed.Reason}: {failed.Message}"));
        pod.Reason = failed.Reason;
        pod.Message = failed.Message;
        Declare(pod.Run.Pod, string.Create(CultureInfo.InvariantCulture, $"{Fields.FailedPrefix}{pod.Run.Epoch}"), now, effects);
        Stop(pod, now, effects);
    }

    void OnStarted(KeptPod pod, ContainerStarted started, Now now, NodeEffects effects)
    {
        if (pod.Find(started.Container) is not { IsUp: true } container || container.Attempt != started.Attempt) return;
        container.Stage = ContainerStage.Running;
        container.StartedAt = now.Monotonic;
        container.Since = started.At;
        container.Reason = container.Message = "";
        pod.HasRun = true;
        Tell(pod, now, effects);
    }

    void OnExited(KeptPod pod, ContainerExited exited, Now now, NodeEffects effects)
    {
        if (pod.Find(exited.Container) is not { IsUp: true } container || container.Attempt != exited.Attempt) return;
        var ranLong = container.Stage == ContainerStage.Running && now.Monotonic - container.StartedAt >= config.Timings.RestartBackoffReset;
        container.IsUp = false;
        container.Stage = ContainerStage.Terminated;
        container.ExitCode = exited.ExitCode;
        container.Since = exited.At;
        container.Reason = exited.Reason.Length > 0 ? exited.Reason : exited.ExitCode == 0 ? "Completed" : "Error";
        container.Message = exited.Message;
        container.Crashes = ranLong ? 1 : container.Crashes + 1;
        if (hasBegun) AfterExit(pod, container, now, effects); // else once this node may start things
    }

    /// <summary>A container ended: start it again, now or later, or leave it at that.</summary>
    void AfterExit(KeptPod pod, KeptContainer container, Now now, NodeEffects effects)
    {
        if (pod.Stage != PodStage.Running) return;
        if (RestartBackoff.Restarts(pod.Template.RestartPolicy, container.ExitCode))
        {
            var wait = RestartBackoff.Of(container.Crashes, config.Timings);
            container.Stage = ContainerStage.Waiting;
            if (wait == TimeSpan.Zero)
            {
                container.Attempt++;
                StartContainer(pod, container, effects);
            }
            else
            {
                container.Message = string.Create(CultureInfo.InvariantCulture,
                    $"back-off {wait.TotalSeconds:0.###}s restarting container {container.Name}, which ended with {container.ExitCode} ({container.Reason})");
                container.Reason = BackOff;
                effects.Wake(new NodeTimer(NodeTimerKind.ContainerBackoff, pod.Number, Mark(pod, container)), wait);
            }
        }
        else if (pod.Outcome is { } succeeded)
        {
            pod.Stage = PodStage.Finished;
            if (succeeded) Declare(pod.Run.Pod, Fields.Succeeded, now, effects);
            Free(pod, effects);
        }
        Tell(pod, now, effects);
    }

    void OnBackoffOver(KeptPod pod, ulong mark, Now now, NodeEffects effects)
    {
        foreach (var container in pod.Containers)
        {
            if (pod.Stage != PodStage.Running || container.IsUp || container.Stage != ContainerStage.Waiting || Mark(pod, container) != mark) continue;
            container.Attempt++;
            StartContainer(pod, container, effects);
            Tell(pod, now, effects);
        }
    }

    /// <summary>Which container, in which attempt: what a back-off was set for.</summary>
    static ulong Mark(KeptPod pod, KeptContainer container) =>
        (ulong)pod.Containers.IndexOf(container) << 32 | (uint)container.Attempt;

    static void StartContainer(KeptPod pod, KeptContainer container, NodeEffects effects)
    {
        container.IsUp = true;
        var environment = EnvironmentResolver.Resolve(pod.Launch!, pod.Template.Find(container.Name)!, pod.Ip, out _);
        effects.Perform(new StartContainer(pod.Run, pod.Template.RuntimeClass, new ContainerStart(container.Name, container.Attempt, environment, [])));
    }

    void OnStopped(KeptPod pod, Now now, NodeEffects effects)
    {
        if (pod.Stage != PodStage.Finished)
        {
            pod.Stage = PodStage.Stopping;
            Forget(pod, now, effects); // as told; or the runtime lost it, and another node may have it
            return;
        }
        pod.IsGone = true;
        bidder.Free(pod.Run, now, effects); // the admission stays, to tell how it ended
    }
}
