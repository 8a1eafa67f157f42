using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Tables;
using Gossip.Core.Turns;

namespace Gossip.Core.Pods;

/// <summary>What this node writes of its pods: the status of an admission, its withdrawal, and facts of a slot.</summary>
sealed class PodRows(SlotTable slots, ITables tables, IRowWriter writer)
{
    /// <summary>What happens to a pod within it is told at once, unless it turns ready, unready or over, or has a reason to.</summary>
    static readonly TimeSpan TellGap = TimeSpan.FromMilliseconds(100);

    readonly HashSet<Uid> removing = []; // on their way to the log; never enumerated
    bool tellDue;

    /// <summary>The admission is on its way out of the tables.</summary>
    public bool IsWithdrawn(Uid admission) => removing.Contains(admission);

    public void Withdraw(Uid admission, Turn turn)
    {
        if (tables.Find(admission) is null || !removing.Add(admission)) return;
        writer.Remove(admission, turn, (removed, _) => removing.Remove(removed));
    }

    /// <summary>Writes how the pod does into its admission, when that differs from what was said last.</summary>
    public void Tell(KeptPod pod, Turn turn)
    {
        if (pod.Admission.Row is not { } row || IsWithdrawn(row) || tables.Find(row) is null) return;
        var status = pod.Status;
        var told = pod.Admission.Told;
        if (status.SaysTheSame(told)) return;
        var urgent = status.Ready != told.Ready || status.Phase != told.Phase
            || status.Draining != told.Draining || status.Reason != told.Reason || status.Rank != told.Rank;
        var since = turn.Monotonic - pod.Admission.ToldAt;
        if (!urgent && since < TellGap)
        {
            if (tellDue) return;
            tellDue = true;
            turn.Wake(PodTicks.For(PodTicks.TellDue), TellGap - since);
            return;
        }
        if (status.Ready != told.Ready) status = status with { ReadySince = turn.Wall };
        var written = AdmissionCodec.Write(status);
        pod.Admission.Tell(status, written, turn.Monotonic);
        writer.Edit(row, [(Fields.Status, written)], turn, (_, at) =>
        {
            pod.Admission.Confirm();
            Recheck(pod, at);
        });
    }

    /// <summary>Takes up an admission for a pod.</summary>
    public void Attach(KeptPod pod, Admission admission) => pod.Attach(admission, StatusIn(admission.Uid));

    /// <summary>
    /// Says again how the pod does where its row says something that this life did not write: peers may hold a status of an earlier
    /// life, which the disk has lost, and that status overwrites what was written without knowing it.
    /// </summary>
    public void Recheck(KeptPod pod, Turn turn)
    {
        if (pod.Admission is not { Row: { } row, Writing: 0 } || tables.Find(row) is null) return;
        var held = StatusIn(row);
        if (held.Span.SequenceEqual(pod.Admission.Written.Span)) return;
        pod.Admission.Correct(AdmissionCodec.ReadStatus(held), held);
        Tell(pod, turn);
    }

    ReadOnlyMemory<byte> StatusIn(Uid admission) => tables.Find(admission)?[Fields.Status]?.Value ?? default;

    /// <summary>The timer that was set for what was held back is due.</summary>
    public void OnTellDue() => tellDue = false;

    /// <summary>Tells a fact of the slot that every node needs: that it is done for ever, or that this epoch is lost.</summary>
    public void Declare(PodId pod, string fact, Turn turn)
    {
        ReadOnlyMemory<byte> yes = "1"u8.ToArray();
        if (slots.Find(pod)?.FactsRow is { } row && tables.Find(row) is not null) writer.Edit(row, [(fact, yes)], turn);
        else writer.Create(RowKind.Slot, [(Fields.Birth, PodCodec.SlotBirth(pod)), (fact, yes)], turn);
    }
}
