using System.Globalization;
using Gossip.Core.Membership;
using Gossip.Core.Pods.Ending;
using Gossip.Core.Pods.Probing;
using Gossip.Core.Pods.Recovery;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Turns;

namespace Gossip.Core.Pods;

/// <summary>
/// What runtimes and the prober report of single pods. Each report is written down as what is so now; what follows from it the next look
/// decides.
/// </summary>
sealed class PodReports(
    NodeTimings timings, KeptPods kept, PodSteps steps, ContainerStarter containers, PodLeases leases, PodRows rows, Beginning beginning)
{
    public void Take(PodReport report, Turn turn)
    {
        switch (report)
        {
            case PodStopped stopped when kept.Find(stopped.Pod) is { } pod:
                steps.Ender.OnStopped(pod, turn);
                break;
            case PodPrepared prepared when Watched(prepared.Pod) is { } pod:
                OnPrepared(pod, prepared.Ip, turn);
                break;
            case PodFailed failed when Watched(failed.Pod) is { } pod:
                OnFailed(pod, failed, turn);
                break;
            case ContainerProgress progress when Watched(progress.Pod) is { } pod:
                pod.Notes.Add(progress.Reason, progress.Container, progress.Message);
                rows.Tell(pod, turn);
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
    KeptPod? Watched(PodRun run) => kept.Find(run) is { LostAt: null } pod ? pod : null;

    void OnPrepared(KeptPod pod, string ip, Turn turn)
    {
        if (pod.Stage != PodStage.Preparing) return; // it was told to stop meanwhile
        pod.Prepared(ip, turn.Wall);
        leases.TellAnew(pod); // the runtime could not know it before
        steps.Advance(pod, turn);
    }

    /// <summary>It cannot be here, or not any longer. The epoch is lost, so that the next auction may give it to another node.</summary>
    void OnFailed(KeptPod pod, PodFailed failed, Turn turn)
    {
        if (!pod.Runs) return;
        turn.Note(new NodeNote(NoteLevel.Warning, "PodFailed", pod.Run.ToString(), $"{failed.Reason}: {failed.Message}"));
        pod.Say(failed.Reason, failed.Message);
        rows.Declare(pod.Run.Pod, string.Create(CultureInfo.InvariantCulture, $"{Fields.FailedPrefix}{pod.Run.Epoch}"), turn);
        steps.Ender.Stop(pod, turn);
    }

    void OnStarted(KeptPod pod, ContainerStarted started, Turn turn)
    {
        if (pod.Find(started.Container) is not { IsUp: true, Runs: false } container || container.Attempt != started.Attempt) return;
        container.Started(started.At, turn.Monotonic);
        ContainerEnder.BeginPostStart(pod, container, turn);
        steps.Advance(pod, turn);
    }

    void OnNotStarted(KeptPod pod, ContainerNotStarted failed, Turn turn)
    {
        if (pod.Find(failed.Container) is not { IsUp: true, Runs: false } container || container.Attempt != failed.Attempt) return;
        containers.NotStarted(pod, container, failed.Reason, failed.Message, turn.Now);
        steps.Advance(pod, turn);
    }

    void OnExited(KeptPod pod, ContainerExited exited, Turn turn)
    {
        if (pod.Find(exited.Container) is not { IsUp: true } container || container.Attempt != exited.Attempt) return;
        container.Ended(exited.ExitCode, exited.Reason, exited.Message, exited.At, turn.Now, timings);
        if (!beginning.HasBegun) return; // it is settled once this node may start things
        containers.Settle(pod, container, turn.Now);
        steps.Advance(pod, turn);
    }

    void OnActionEnded(KeptPod pod, ActionEnded ended, Turn turn)
    {
        if (pod.Find(ended.Container) is not { Runs: true } container || container.Attempt != ended.Attempt) return;
        if (ended.Purpose == ActionPurpose.PostStart) ContainerEnder.OnPostStartEnded(pod, container, ended, turn);
        else if (ended.Purpose == ActionPurpose.PreStop) ContainerEnder.OnPreStopEnded(pod, container, ended, turn);
        else if (container.ProbeFor(ended.Purpose) is { IsUnderWay: true } probe) Prober.OnProbed(pod, container, probe, ended, turn);
        steps.Advance(pod, turn);
    }
}
