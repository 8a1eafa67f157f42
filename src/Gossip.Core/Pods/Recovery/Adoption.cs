using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Scheduling;
using Gossip.Core.Tables;
using Gossip.Core.Turns;

namespace Gossip.Core.Pods.Recovery;

/// <summary>
/// Brings this node's admissions and the pods that it keeps together: of a bid just won, of an earlier life, and of a process that
/// still runs although its admission is lost.
/// </summary>
sealed class Adoption(
    SlotTable slots, IMemberList members, IRowWriter writer, OwnRoom room, KeptPods kept, PodRows rows, AwaitedWorkloads awaited)
{
    readonly HashSet<Uid> remembered = []; // own admissions that this node's own store knew; never enumerated

    public void Start()
    {
        foreach (var admission in slots.AdmissionsOf(members.Self)) remembered.Add(admission.Uid);
    }

    /// <summary>Takes up an own admission that no kept pod has yet: of a bid just won, or of an earlier life.</summary>
    public void Place(Admission admission, Slot? slot, Turn turn)
    {
        if (rows.IsWithdrawn(admission.Uid)) return;
        if (kept.Find(admission.Run) is { } pod)
        {
            if (pod.Admission.Row == admission.Uid)
            {
                rows.Recheck(pod, turn);
                return;
            }
            if (pod.Admission.Row is not null)
            {
                rows.Withdraw(admission.Uid, turn); // told twice: the first counts
                return;
            }
            rows.Attach(pod, admission);
            // It was stopped while it was admitted again: it is unready, and its row goes with it.
            if (pod.Stage == PodStage.Stopping) rows.Tell(pod, turn);
            return;
        }
        if (slot is null)
        {
            if (!awaited.IsGone(admission.Run.Pod.Workload)) return; // it is still on its way here
            room.Free(admission.Run, turn); // deleted while the admission was being written
            rows.Withdraw(admission.Uid, turn);
            return;
        }
        if (room.Has(admission.Run)) rows.Attach(kept.Keep(admission.Run, slot.Template, PodStage.Admitted), admission);
        else if (admission.Status.HasEnded && !PodJudge.IsOver(slot, admission.Run.Epoch)) RecallFinished(admission, slot);
        else Restart(admission, slot, turn);
    }

    /// <summary>
    /// It runs here, but the tables hold no admission of it: it gets a new one if nobody else has it. False: it is to end.
    /// </summary>
    public bool TryReadmit(KeptPod pod, Slot slot, Turn turn)
    {
        if (pod.Admission.IsBeingWritten) return true;
        // An idle copy gives way also to one that waits as well, as an idle admission does (PodJudge.DrainsAt).
        if (slot.Succeeded || PodJudge.AnotherStands(slot, members.Self, members, ready: !pod.IsIdle)) return false;
        // Another has it, but does not run it yet: better an extra copy than none. Not of a singleton, where the other waits for the
        // lease that ours renews: it withdraws once the tables show that ours is ready.
        if (!pod.Template.IsSingleton && PodJudge.AnotherStands(slot, members.Self, members)) return true;
        pod.Admission.AwaitRow();
        var birth = new AdmissionBirth(members.Self, pod.Run, writer.Tick(turn.Now), "ran on while its admission was lost")
        {
            Devices = room.GrantOf(pod.Run),
            Priority = slots.PriorityOf(slot),
            KeepsNewest = pod.Template.KeepsNewest,
        };
        writer.Create(RowKind.Admission,
            [(Fields.Birth, AdmissionCodec.Write(birth)), (Fields.Status, AdmissionCodec.Write(pod.Status))], turn);
        return true;
    }

    /// <summary>
    /// Of an earlier life, and its process is gone. It starts again under the same admission, unless another has it, or this node
    /// forgot (a lost disk) what else it had promised.
    /// </summary>
    void Restart(Admission admission, Slot slot, Turn turn)
    {
        var isOurs = remembered.Contains(admission.Uid) && !admission.Status.Draining && !PodJudge.IsOver(slot, admission.Run.Epoch)
            && !PodJudge.AnotherStands(slot, members.Self, members);
        if (!isOurs || !room.Adopt(admission.Run, slot.Template, runs: false, turn, admission.Devices))
        {
            rows.Withdraw(admission.Uid, turn);
            return;
        }
        var pod = kept.Keep(admission.Run, slot.Template, PodStage.Admitted);
        rows.Attach(pod, admission);
        rows.Tell(pod, turn); // not ready any more
    }

    void RecallFinished(Admission admission, Slot slot)
    {
        var pod = kept.Keep(admission.Run, slot.Template, PodStage.Finished);
        pod.RecallEnd(admission.Status);
        rows.Attach(pod, admission);
    }
}
