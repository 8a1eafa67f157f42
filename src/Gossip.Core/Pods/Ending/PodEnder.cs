using System.Globalization;
using Gossip.Core.Kinds;
using Gossip.Core.Membership;
using Gossip.Core.Pods.Departures;
using Gossip.Core.Pods.Probing;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Scheduling;
using Gossip.Core.Tables;
using Gossip.Core.Templates;
using Gossip.Core.Turns;

namespace Gossip.Core.Pods.Ending;

/// <summary>
/// How whole pods end. A pod without hooks and sidecars ends with one command. Otherwise its containers end in order
/// (<see cref="ContainerEnder.TryTakeDown"/>), all within one grace; and whatever hooks do, the runtime is told to free the pod a
/// little after it.
/// </summary>
/// <param name="steps">Looks at the pods that start when room is free.</param>
sealed class PodEnder(
    PodSteps steps, NodeConfig config, KeptPods kept, PodRows rows, PodRules rules, OwnRoom room, SlotTable slots, ITables tables)
{
    readonly RestingPods resting = new();

    /// <summary>Performs a verdict: the one place in which a pod leaves its node.</summary>
    public void Depart(KeptPod pod, in Departure verdict, Turn turn)
    {
        if (!verdict.IsOver) pod.Drain();
        if (verdict.Reason.Length > 0) pod.Say(verdict.Reason, verdict.Message);
        if (verdict.IsNoted) pod.Notes.Add(verdict.Reason, "", verdict.Message);
        if (verdict.GraceMost is { } most) pod.End.BoundGrace(most);
        if (verdict.HoldBack is { } time) room.HoldBack(pod.Run.Pod, turn.Monotonic + time);
        if (verdict.IsToldFirst) rows.Tell(pod, turn);
        Stop(pod, turn);
    }

    /// <summary>Lets go of the logs and volumes of pods that ended: the disk is low.</summary>
    public void FreeRested(Turn turn)
    {
        foreach (var pod in resting.TakeAll()) AskStop(pod, TimeSpan.Zero, turn);
    }

    /// <summary>
    /// The node cannot carry the pod any more. A pod by itself has failed then, as in Kubernetes: it does not go on to fill the next node.
    /// A copy of a workload runs elsewhere.
    /// </summary>
    public void Evict(KeptPod pod, in Departure verdict, Turn turn)
    {
        if (slots.Find(pod.Run.Pod) is not { } slot || !PodKind.IsOf(slot.Workload))
        {
            Depart(pod, verdict, turn);
            return;
        }
        pod.Notes.Add(verdict.Reason, "", verdict.Message);
        if (verdict.GraceMost is { } most) pod.End.BoundGrace(most);
        Fail(pod, verdict.Reason, verdict.Message, turn);
    }

    /// <summary>The pod failed for good, whatever its containers do.</summary>
    public void Fail(KeptPod pod, string reason, string message, Turn turn)
    {
        pod.Fail(reason, message);
        Finish(pod, succeeded: false, turn);
    }

    /// <summary>The pod ended for good by itself.</summary>
    public void Finish(KeptPod pod, bool succeeded, Turn turn)
    {
        pod.Finish();
        if (succeeded && slots.Find(pod.Run.Pod) is not { Succeeded: true }) rows.Declare(pod.Run.Pod, Fields.Succeeded, turn);
        End(pod, turn);
    }

    /// <summary>Ends the pod, gracefully; its admission goes once the runtime says that nothing is left.</summary>
    public void Stop(KeptPod pod, Turn turn)
    {
        if (pod.Stage == PodStage.Stopping) return;
        var nothingThere = pod.Stage == PodStage.Admitted && pod.LostAt is null || pod.End.IsGone;
        pod.Stop();
        if (nothingThere)
        {
            Forget(pod, turn);
            return;
        }
        pod.Alarm.Clear();
        End(pod, turn);
        rows.Tell(pod, turn); // unready from now on
        pod.SetAlarm(turn);
    }

    /// <summary>Does what may be done by now of an end that has begun.</summary>
    public void KeepEnding(KeptPod pod, Turn turn)
    {
        if (pod.End.StopAsked || pod.End.IsGone || pod.LostAt is not null || pod.End.Due is not { } due) return;
        if (TryRest(pod, turn)) return;
        var rest = due > turn.Monotonic ? due - turn.Monotonic : TimeSpan.Zero;
        if (pod.End.InOrder && turn.Monotonic < due + ContainerEnder.Slack)
        {
            foreach (var container in pod.Containers) Prober.Watch(pod, container, turn);
            if (!ContainerEnder.TryTakeDown(pod, rest, "", turn))
            {
                pod.Alarm.LookAt(due + ContainerEnder.Slack);
                return;
            }
        }
        foreach (var container in pod.Containers)
        {
            if (!container.Runs || container.Killed is not null) continue;
            pod.Notes.Add("Killing", container.Name, $"Stopping container {container.Name}");
        }
        AskStop(pod, rest, turn);
    }

    /// <summary>The runtime says that nothing of the pod is left.</summary>
    public void OnStopped(KeptPod pod, Turn turn)
    {
        if (pod.Stage != PodStage.Finished)
        {
            if (pod.LostAt is not null && !pod.End.StopAsked) return; // nobody can know that now
            ForgetStopped(pod, turn); // as told; or the runtime lost it, and another node may have it
            return;
        }
        pod.End.Gone();
        foreach (var container in pod.Containers)
            if (container.Runs) container.EndedWithPod(turn.Now, config.Timings);
        FreeRoom(pod.Run, turn); // the admission stays, to tell how it ended
        rows.Tell(pod, turn);
    }

    /// <summary>Nothing of the pod is left, though it was not told to stop.</summary>
    public void ForgetStopped(KeptPod pod, Turn turn)
    {
        pod.Stop();
        Forget(pod, turn);
    }

    /// <summary>Nothing of the pod is left: its room is free, and its admission goes.</summary>
    void Forget(KeptPod pod, Turn turn)
    {
        kept.Forget(pod);
        rules.Forget(pod, turn);
        if (pod.Admission.Row is { } row) rows.Withdraw(row, turn);
        FreeRoom(pod.Run, turn);
    }

    /// <summary>Somebody's room is free: who waited for it may start.</summary>
    void FreeRoom(PodRun run, Turn turn)
    {
        var waiting = room.Books.Waiting;
        room.Free(run, turn);
        if (room.Books.Waiting == waiting) return;
        foreach (var pod in kept.All)
            if (pod.Stage == PodStage.Admitted && !room.IsAwaited(pod.Run)) steps.Advance(pod, turn);
    }

    void End(KeptPod pod, Turn turn)
    {
        room.Leaves(pod.Run);
        pod.End.Begin(GraceOf(pod), pod.Containers.Any(EndsInOrder), turn.Monotonic);
        KeepEnding(pod, turn);
    }

    static bool EndsInOrder(KeptContainer container) =>
        container.Runs && (container.Spec.PreStop is not null || container.Role == ContainerRole.Sidecar);

    /// <summary>True when the pod rests, and its runtime is not to be told to free it.</summary>
    bool TryRest(KeptPod pod, Turn turn)
    {
        if (pod.End.Rests) return pod.Stage == PodStage.Finished;
        if (!RestingPods.MayRest(pod)) return false;
        pod.End.Rest();
        FreeRoom(pod.Run, turn);
        foreach (var oldest in resting.Add(pod)) AskStop(oldest, TimeSpan.Zero, turn);
        return true;
    }

    static void AskStop(KeptPod pod, TimeSpan grace, Turn turn)
    {
        pod.End.AskedToStop();
        turn.Perform(new StopPod(pod.Run, pod.Template.RuntimeClass, grace));
    }

    /// <summary>The grace with which somebody deletes the pod's object, else its own.</summary>
    TimeSpan GraceOf(KeptPod pod) =>
        tables.Find(pod.Run.Pod.Workload)?[Fields.Deleting] is { IsNull: false } deleting
        && int.TryParse(deleting.Value.Span, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(seconds)
            : pod.Template.TerminationGrace;
}
