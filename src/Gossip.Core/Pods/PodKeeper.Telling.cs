using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Scheduling;
using Gossip.Core.Tables;
using Gossip.Core.Turns;

namespace Gossip.Core.Pods;

// What this node writes of its pods: the status of an admission, and facts of a slot.
sealed partial class PodKeeper
{
    /// <summary>What happens to a pod within it is told at once, unless it turns ready, unready or over, or has a reason to.</summary>
    static readonly TimeSpan TellGap = TimeSpan.FromMilliseconds(100);

    bool tellDue;

    /// <summary>Writes how the pod does into its admission, when that differs from what was said last.</summary>
    void Tell(KeptPod pod, Turn turn)
    {
        if (pod.Row is not { } row || removing.Contains(row) || tables.Find(row) is null) return;
        var status = pod.Status;
        if (status.SaysTheSame(pod.Told)) return;
        var urgent = status.Ready != pod.Told.Ready || status.Phase != pod.Told.Phase
            || status.Draining != pod.Told.Draining || status.Reason != pod.Told.Reason || status.Rank != pod.Told.Rank;
        var since = turn.Monotonic - pod.ToldAt;
        if (!urgent && since < TellGap)
        {
            if (tellDue) return;
            tellDue = true;
            turn.Wake(new NodeTimer(NodeTimerKind.PodTick, TellDue), TellGap - since);
            return;
        }
        if (status.Ready != pod.Told.Ready) status = status with { ReadySince = turn.Wall };
        pod.Told = status;
        pod.ToldAt = turn.Monotonic;
        writer.Edit(row, [(Fields.Status, AdmissionCodec.Write(status))], turn);
    }

    /// <summary>Tells a fact of the slot that every node needs: that it is done for ever, or that this epoch is lost.</summary>
    void Declare(PodId pod, string fact, Turn turn)
    {
        ReadOnlyMemory<byte> yes = "1"u8.ToArray();
        if (slots.Find(pod)?.FactsRow is { } row && tables.Find(row) is not null) writer.Edit(row, [(fact, yes)], turn);
        else writer.Create(RowKind.Slot, [(Fields.Birth, PodCodec.SlotBirth(pod)), (fact, yes)], turn);
    }
}
