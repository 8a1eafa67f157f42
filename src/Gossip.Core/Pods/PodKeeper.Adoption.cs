using System.Collections.Immutable;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Scheduling;
using Gossip.Core.Tables;
using Gossip.Core.Tables.Topology;
using Gossip.Core.Templates;
using Gossip.Core.Turns;

namespace Gossip.Core.Pods;

// What becomes, after a restart, of the admissions in the tables and of the processes that still run. Nothing is started
// or stopped before both are known and the tables have been compared with a peer's: others may have replaced a pod.
sealed partial class PodKeeper
{
    readonly HashSet<Uid> remembered = []; // own admissions that this node's own store knew; never enumerated
    bool hasSynced;
    bool knowsSurvivors;
    bool hasBegun;

    public void Start(Turn turn)
    {
        foreach (var admission in slots.AdmissionsOf(self)) remembered.Add(admission.Uid);
        turn.Wake(new NodeTimer(NodeTimerKind.PodTick, SyncWaitOver), config.Timings.SyncWait);
    }

    /// <summary>The first session with a peer is over: the tables may be believed.</summary>
    public void OnSynced(Turn turn)
    {
        hasSynced = true;
        Begin(turn);
    }

    void OnSyncWaitOver(Turn turn)
    {
        if (hasSynced) return;
        if (members.Live.Length <= 1)
        {
            OnSynced(turn); // alone: nobody knows better
            return;
        }
        turn.Wake(new NodeTimer(NodeTimerKind.PodTick, SyncWaitOver), config.Timings.SyncWait);
    }

    void OnSurvived(ImmutableArray<SurvivingPod> survivors, Turn turn)
    {
        foreach (var survivor in survivors)
            if (!kept.ContainsKey(survivor.Launch.Pod)) KeepSurvivor(survivor, turn.Now);
        knowsSurvivors = true;
        Begin(turn);
    }

    void KeepSurvivor(SurvivingPod survivor, Now now)
    {
        var pod = Keep(survivor.Launch.Pod, survivor.Launch.Template, PodStage.Running);
        pod.Launch = survivor.Launch;
        pod.Ip = survivor.Ip;
        pod.StartedAt = now.Wall;
        foreach (var state in survivor.Containers)
        {
            if (pod.Find(state.Name) is not { } container) continue;
            Recall(container, state, now);
            if (state.StartedAt.UnixMilliseconds < pod.StartedAt.UnixMilliseconds) pod.StartedAt = state.StartedAt;
        }
        AssumeInitialized(pod);
        if (pod.Template.ActiveDeadline is { } deadline)
        {
            // Of its earlier life only the wall clock knows; a step of it must neither end the pod early nor let it live for ever.
            var left = deadline - TimeSpan.FromMilliseconds(now.Wall.UnixMilliseconds - pod.StartedAt.UnixMilliseconds);
            pod.DeadlineAt = now.Monotonic + (left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }
        bidder.Adopt(pod.Run, pod.Template, runs: true, slots.AdmissionsOf(self).FirstOrDefault(admission => admission.Run == pod.Run)?.Devices);
    }

    static void Recall(KeptContainer container, SurvivingContainer state, Now now)
    {
        container.Attempt = state.Attempt;
        container.Since = state.StartedAt;
        container.StartedAt = now.Monotonic;
        container.IsUp = state.ExitCode is null;
        container.Stage = container.IsUp ? ContainerStage.Running : ContainerStage.Terminated;
        container.ExitCode = state.ExitCode ?? 0;
        container.Reason = container.IsUp ? "" : state.Reason.Length > 0 ? state.Reason : container.ExitCode == 0 ? "Completed" : "Error";
        container.Message = "";
        container.Resume(started: false, ready: false);
    }

    /// <summary>Where a main container has run, the init containers had succeeded, whether or not the runtime still remembers them.</summary>
    static void AssumeInitialized(KeptPod pod)
    {
        if (!pod.Containers.Any(container => container.Role == ContainerRole.Main && container.Stage != ContainerStage.Waiting)) return;
        pod.IsInitialized = true;
        foreach (var container in pod.Containers)
        {
            if (container.Role != ContainerRole.Init || container.Stage == ContainerStage.Terminated) continue;
            container.Stage = ContainerStage.Terminated;
            container.Reason = "Completed";
        }
    }

    void Begin(Turn turn)
    {
        if (hasBegun || !hasSynced || !knowsSurvivors) return;
        hasBegun = true;
        foreach (var admission in slots.AdmissionsOf(self).ToArray())
            Place(admission, slots.Find(admission.Run.Pod), turn);
        foreach (var pod in kept.Values.ToArray())
        {
            foreach (var container in pod.Containers) Settle(pod, container, turn.Now); // what ended while nobody watched
            Judge(pod, slots.Find(pod.Run.Pod), turn);
            Advance(pod, turn);
        }
        if (!leaving) bidder.Open(turn);
    }

    /// <summary>Takes up an own admission that no kept pod has yet: of a bid just won, or of an earlier life.</summary>
    void Place(Admission admission, Slot? slot, Turn turn)
    {
        if (removing.Contains(admission.Uid)) return;
        if (kept.TryGetValue(admission.Run, out var pod))
        {
            if (pod.Row == admission.Uid) return;
            if (pod.Row is not null)
            {
                Withdraw(admission.Uid, turn); // told twice: the first counts
                return;
            }
            Attach(pod, admission);
            if (pod.Stage == PodStage.Stopping) Tell(pod, turn); // stopped while it was admitted again: unready, and its row goes with it
            return;
        }
        if (slot is null)
        {
            if (!tables.Covers(admission.Run.Pod.Workload)) return; // its workload is still on its way here
            bidder.Free(admission.Run, turn); // deleted while the admission was being written
            Withdraw(admission.Uid, turn);
            return;
        }
        if (bidder.Has(admission.Run))
        {
            Attach(Keep(admission.Run, slot.Template, PodStage.Admitted), admission);
            return;
        }
        if (admission.Status.HasEnded && !PodJudge.IsOver(slot, admission.Run.Epoch))
        {
            Attach(RecallFinished(admission, slot), admission);
            return;
        }
        // Of an earlier life, and its process is gone. It starts again under the same admission, unless another has it,
        // or this node forgot (a lost disk) what else it had promised.
        if (!remembered.Contains(admission.Uid) || admission.Status.Draining || PodJudge.IsOver(slot, admission.Run.Epoch)
            || PodJudge.AnotherStands(slot, self, members) || !bidder.Adopt(admission.Run, slot.Template, runs: false, admission.Devices))
        {
            Withdraw(admission.Uid, turn);
            return;
        }
        var again = Keep(admission.Run, slot.Template, PodStage.Admitted);
        Attach(again, admission);
        Tell(again, turn); // not ready any more
    }

    static void Attach(KeptPod pod, Admission admission)
    {
        pod.Row = admission.Uid;
        pod.Rank = admission.Status.Rank;
        pod.Draining = admission.Status.Draining;
        pod.Told = admission.Status;
        pod.IsBeingAdmitted = false;
        pod.Notes.Recall(admission.Status.Notes);
        foreach (var state in admission.Status.Containers)
        {
            if (pod.Find(state.Name) is not { } container || container.Attempt != state.Restarts) continue;
            container.Last ??= state.Last;
            if (container.Runs && state.Stage == ContainerStage.Running && container.IsUnprobed)
                container.Resume(state.Started, state.Ready);
        }
    }

    KeptPod RecallFinished(Admission admission, Slot slot)
    {
        var pod = Keep(admission.Run, slot.Template, PodStage.Finished);
        pod.IsGone = pod.IsInitialized = true;
        pod.HasFailed = admission.Status.Phase == PodPhase.Failed;
        (pod.Reason, pod.Message) = (admission.Status.Reason, admission.Status.Message);
        pod.Ip = admission.Status.Ip;
        pod.StartedAt = admission.Status.StartedAt;
        foreach (var state in admission.Status.Containers)
        {
            if (pod.Find(state.Name) is not { } container) continue;
            container.Stage = state.Stage;
            container.Attempt = state.Restarts;
            container.Since = state.Since;
            container.ExitCode = state.ExitCode;
            container.Reason = state.Reason;
            container.Message = state.Message;
        }
        return pod;
    }

    /// <summary>It runs here, but the tables hold no admission of it: it gets a new one if nobody else has it, and ends otherwise.</summary>
    void Readmit(KeptPod pod, Slot slot, Turn turn)
    {
        if (pod.IsBeingAdmitted) return;
        // An idle copy gives way also to one that waits as well, as an idle admission does (PodJudge.DrainsAt).
        if (slot.Succeeded || PodJudge.AnotherStands(slot, self, members, ready: !pod.IsIdle))
        {
            Stop(pod, turn);
            return;
        }
        // Another has it, but does not run it yet: better an extra copy than none. Not of a singleton, where the other waits for the
        // lease that ours renews: it withdraws once the tables show that ours is ready.
        if (!pod.Template.IsSingleton && PodJudge.AnotherStands(slot, self, members)) return;
        pod.IsBeingAdmitted = true;
        var birth = new AdmissionBirth(self, pod.Run, writer.Tick(turn.Now), "ran on while its admission was lost")
        {
            Devices = bidder.GrantOf(pod.Run),
            Priority = slots.PriorityOf(slot),
            KeepsNewest = pod.Template.KeepsNewest,
        };
        writer.Create(RowKind.Admission,
            [(Fields.Birth, AdmissionCodec.Write(birth)), (Fields.Status, AdmissionCodec.Write(pod.Status))], turn);
    }
}
