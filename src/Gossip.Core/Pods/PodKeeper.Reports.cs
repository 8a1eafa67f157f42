using System.Globalization;
using Gossip.Core.Model;
using Gossip.Core.Replication;
using Gossip.Core.Scheduling;

namespace Gossip.Core.Pods;

// What runtimes and the prober tell. Each report is written down as what is so now; what follows from it the next look decides.
public sealed partial class PodKeeper
{
    public void OnReport(PodReport report, Now now, NodeEffects effects)
    {
        switch (report)
        {
            case PodsSurvived survived:
                OnSurvived(survived.Pods, now, effects);
                break;
            case RuntimeLost lost:
                OnRuntimeLost(lost, now, effects);
                break;
            case RuntimeReturned returned:
                OnRuntimeReturned(returned, now, effects);
                break;
            case ImagesHeld held:
                bidder.Images = held.Images;
                break;
            case PodStopped stopped when kept.TryGetValue(stopped.Pod, out var pod):
                OnStopped(pod, now, effects);
                break;
            case PodPrepared prepared when Watched(prepared.Pod) is { } pod:
                OnPrepared(pod, prepared.Ip, now, effects);
                break;
            case PodFailed failed when Watched(failed.Pod) is { } pod:
                OnFailed(pod, failed, now, effects);
                break;
            case ContainerProgress progress when Watched(progress.Pod) is { } pod:
                OnProgress(pod, progress, now, effects);
                break;
            case ContainerStarted started when Watched(started.Pod) is { } pod:
                OnStarted(pod, started, now, effects);
                break;
            case ContainerNotStarted failed when Watched(failed.Pod) is { } pod:
                OnNotStarted(pod, failed, now, effects);
                break;
            case ContainerExited exited when Watched(exited.Pod) is { } pod:
                OnExited(pod, exited, now, effects);
                break;
            case ActionEnded ended when Watched(ended.Pod) is { } pod:
                OnActionEnded(pod, ended, now, effects);
                break;
        }
    }

    /// <summary>A pod that is kept and whose engine is there: what is told of others while it is away is guesswork.</summary>
    KeptPod? Watched(PodRun run) => kept.GetValueOrDefault(run) is { LostAt: null } pod ? pod : null;

    void OnPrepared(KeptPod pod, string ip, Now now, NodeEffects effects)
    {
        if (pod.Stage != PodStage.Preparing) return; // it was told to stop meanwhile
        pod.Stage = PodStage.Running;
        pod.LeasedFrom = null; // the runtime could not know it before: it is told (again)
        pod.Ip = ip;
        pod.StartedAt = now.Wall;
        Advance(pod, now, effects);
    }

    /// <summary>It cannot be here, or not any longer. The epoch is lost, so that the next auction may give it to another node.</summary>
    void OnFailed(KeptPod pod, PodFailed failed, Now now, NodeEffects effects)
    {
        if (!pod.Runs) return;
        effects.Note(new NodeNote(NoteLevel.Warning, "PodFailed", pod.Run.ToString(), $"{failed.Reason}: {failed.Message}"));
        pod.Reason = failed.Reason;
        pod.Message = failed.Message;
        Declare(pod.Run.Pod, string.Create(CultureInfo.InvariantCulture, $"{Fields.FailedPrefix}{pod.Run.Epoch}"), now, effects);
        Stop(pod, now, effects);
    }

    void OnProgress(KeptPod pod, ContainerProgress progress, Now now, NodeEffects effects)
    {
        pod.Notes.Add(progress.Reason, progress.Container, progress.Message);
        Tell(pod, now, effects);
    }

    void OnStarted(KeptPod pod, ContainerStarted started, Now now, NodeEffects effects)
    {
        if (pod.Find(started.Container) is not { IsUp: true, Runs: false } container || container.Attempt != started.Attempt) return;
        container.Stage = ContainerStage.Running;
        container.StartedAt = now.Monotonic;
        container.Since = started.At;
        container.Reason = container.Message = "";
        container.FailedStarts = 0;
        BeginPostStart(pod, container, effects);
        Advance(pod, now, effects);
    }

    void OnNotStarted(KeptPod pod, ContainerNotStarted failed, Now now, NodeEffects effects)
    {
        if (pod.Find(failed.Container) is not { IsUp: true, Runs: false } container || container.Attempt != failed.Attempt) return;
        NotStarted(pod, container, failed.Reason, failed.Message, now);
        Advance(pod, now, effects);
    }

    void OnExited(KeptPod pod, ContainerExited exited, Now now, NodeEffects effects)
    {
        if (pod.Find(exited.Container) is not { IsUp: true } container || container.Attempt != exited.Attempt) return;
        Ended(container, exited.ExitCode, exited.Reason, exited.Message, exited.At, now);
        if (!hasBegun) return; // it is settled once this node may start things
        Settle(pod, container, now);
        Advance(pod, now, effects);
    }

    void OnStopped(KeptPod pod, Now now, NodeEffects effects)
    {
        if (pod.Stage != PodStage.Finished)
        {
            if (pod.LostAt is not null && !pod.StopAsked) return; // nobody can know that now
            pod.Stage = PodStage.Stopping;
            Forget(pod, now, effects); // as told; or the runtime lost it, and another node may have it
            return;
        }
        pod.IsGone = true;
        foreach (var container in pod.Containers)
            if (container.Runs) Ended(container, Killed, "", "", now.Wall, now); // it went with the rest
        FreeRoom(pod.Run, now, effects); // the admission stays, to tell how it ended
        Tell(pod, now, effects);
    }
}
