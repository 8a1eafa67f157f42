using System.Globalization;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Scheduling;
using Gossip.Core.Tables;
using Gossip.Core.Turns;

namespace Gossip.Core.Pods;

// What runtimes and the prober tell. Each report is written down as what is so now; what follows from it the next look decides.
sealed partial class PodKeeper
{
    public void OnReport(PodReport report, Turn turn)
    {
        switch (report)
        {
            case PodsSurvived survived:
                OnSurvived(survived.Pods, turn);
                break;
            case RuntimeLost lost:
                OnRuntimeLost(lost, turn);
                break;
            case RuntimeReturned returned:
                OnRuntimeReturned(returned, turn);
                break;
            case PodStopped stopped when kept.TryGetValue(stopped.Pod, out var pod):
                OnStopped(pod, turn);
                break;
            case PodPrepared prepared when Watched(prepared.Pod) is { } pod:
                OnPrepared(pod, prepared.Ip, turn);
                break;
            case PodFailed failed when Watched(failed.Pod) is { } pod:
                OnFailed(pod, failed, turn);
                break;
            case ContainerProgress progress when Watched(progress.Pod) is { } pod:
                OnProgress(pod, progress, turn);
                break;
            case ContainerStarted started when Watched(started.Pod) is { } pod:
                OnStarted(pod, started, turn);
                break;
            case ContainerNotStarted failed when Watched(failed.Pod) is { } pod:
                OnNotStarted(pod, failed, turn);
                break;
            case ContainerExited exited when Watched(exited.Pod) is { } pod:
                OnExited(pod, exited, turn);
                break;
            case ActionEnded ended when Watched(ended.Pod) is { } pod:
                OnActionEnded(pod, ended, turn);
                break;
        }
    }

    /// <summary>A pod that is kept and whose engine is there: what is told of others while it is away is guesswork.</summary>
    KeptPod? Watched(PodRun run) => kept.GetValueOrDefault(run) is { LostAt: null } pod ? pod : null;

    void OnPrepared(KeptPod pod, string ip, Turn turn)
    {
        if (pod.Stage != PodStage.Preparing) return; // it was told to stop meanwhile
        pod.Stage = PodStage.Running;
        pod.LeasedFrom = null; // the runtime could not know it before: it is told (again)
        pod.Ip = ip;
        pod.StartedAt = turn.Wall;
        Advance(pod, turn);
    }

    /// <summary>It cannot be here, or not any longer. The epoch is lost, so that the next auction may give it to another node.</summary>
    void OnFailed(KeptPod pod, PodFailed failed, Turn turn)
    {
        if (!pod.Runs) return;
        turn.Note(new NodeNote(NoteLevel.Warning, "PodFailed", pod.Run.ToString(), $"{failed.Reason}: {failed.Message}"));
        pod.Reason = failed.Reason;
        pod.Message = failed.Message;
        Declare(pod.Run.Pod, string.Create(CultureInfo.InvariantCulture, $"{Fields.FailedPrefix}{pod.Run.Epoch}"), turn);
        Stop(pod, turn);
    }

    void OnProgress(KeptPod pod, ContainerProgress progress, Turn turn)
    {
        pod.Notes.Add(progress.Reason, progress.Container, progress.Message);
        Tell(pod, turn);
    }

    void OnStarted(KeptPod pod, ContainerStarted started, Turn turn)
    {
        if (pod.Find(started.Container) is not { IsUp: true, Runs: false } container || container.Attempt != started.Attempt) return;
        container.Stage = ContainerStage.Running;
        container.StartedAt = turn.Monotonic;
        container.Since = started.At;
        container.Reason = container.Message = "";
        container.FailedStarts = 0;
        BeginPostStart(pod, container, turn);
        Advance(pod, turn);
    }

    void OnNotStarted(KeptPod pod, ContainerNotStarted failed, Turn turn)
    {
        if (pod.Find(failed.Container) is not { IsUp: true, Runs: false } container || container.Attempt != failed.Attempt) return;
        NotStarted(pod, container, failed.Reason, failed.Message, turn.Now);
        Advance(pod, turn);
    }

    void OnExited(KeptPod pod, ContainerExited exited, Turn turn)
    {
        if (pod.Find(exited.Container) is not { IsUp: true } container || container.Attempt != exited.Attempt) return;
        Ended(container, exited.ExitCode, exited.Reason, exited.Message, exited.At, turn.Now);
        if (!hasBegun) return; // it is settled once this node may start things
        Settle(pod, container, turn.Now);
        Advance(pod, turn);
    }

    void OnStopped(KeptPod pod, Turn turn)
    {
        if (pod.Stage != PodStage.Finished)
        {
            if (pod.LostAt is not null && !pod.StopAsked) return; // nobody can know that now
            pod.Stage = PodStage.Stopping;
            Forget(pod, turn); // as told; or the runtime lost it, and another node may have it
            return;
        }
        pod.IsGone = true;
        foreach (var container in pod.Containers)
            if (container.Runs) Ended(container, Killed, "", "", turn.Wall, turn.Now); // it went with the rest
        FreeRoom(pod.Run, turn); // the admission stays, to tell how it ended
        Tell(pod, turn);
    }
}
