using Gossip.Core.Kinds;
using Gossip.Core.Membership;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Tables;

namespace Gossip.Core.View;

/// <summary>Which changes are events, and how they read. Reasons are Kubernetes' where it has one.</summary>
static class EventRules
{
    public const string FailedScheduling = "FailedScheduling";

    internal static void Note(in MemberChange change, EventLog events, WallTime at)
    {
        if ((change.After ?? change.Before) is not { } member) return;
        var about = new ObjectName(NodeKind.Kind, "", member.Name);
        var uid = StableHash.GuidText(0, member.Id.Value);
        if (change.After?.Capacity.StoreDamage is { Length: > 0 } damage && damage != change.Before?.Capacity.StoreDamage)
            events.Note(about, uid, true, "StoreDamaged", damage, at);
        if (change.After is { Capacity.Disk: var disk } && disk != (change.Before?.Capacity.Disk ?? DiskState.Healthy))
            events.Note(about, uid, disk != DiskState.Healthy, $"Disk{disk}",
                disk == DiskState.Healthy ? "the disk is well again" : change.After.Capacity.Unready, at);
        if (change.After is { Capacity.Pressures: var pressures } && pressures != (change.Before?.Capacity.Pressures ?? Pressures.None))
            events.Note(about, uid, pressures != Pressures.None, pressures != Pressures.None ? "UnderPressure" : "PressureOver",
                pressures != Pressures.None ? change.After.Capacity.Unready : "the machine is short of nothing any more", at);
        if (change.Before?.State == change.After?.State) return;
        switch (change.After?.State)
        {
            case MemberState.Alive: events.Note(about, uid, false, "NodeReady", $"{member.Name} is alive", at); break;
            case MemberState.Suspect: events.Note(about, uid, true, "NodeSuspect", $"{member.Name} does not answer", at); break;
            case MemberState.Dead: events.Note(about, uid, true, "NodeNotReady", $"{member.Name} is dead", at); break;
            case MemberState.Left: events.Note(about, uid, false, "NodeNotReady", $"{member.Name} left", at); break;
        }
    }

    internal static void Note(in RowChange change, SlotTable slots, Func<NodeId, string> nodeName, EventLog events, WallTime at)
    {
        switch (change.Kind)
        {
            case RowKind.Object:
                if (slots.Objects.Find(change.Uid) is not { } changed) break;
                if (changed.Spec is { Problem.Length: > 0 } spec) events.Note(changed.Name, changed.Uid.ToString(), true, "InvalidTemplate", $"{spec.Field}: {spec.Problem}", at);
                if (changed.NameConflict) events.Note(changed.Name, changed.Uid.ToString(), true, "NameConflict", "another object of this name was made later and counts instead", at);
                break;
            case RowKind.Admission:
                NoteAdmission(slots.LastAdmission.Before, slots.LastAdmission.After, slots, nodeName, events, at);
                break;
            case RowKind.Summary:
                if (change.After is null || PodFacts.ReadSummary(change.After) is not { } round || round.Winner != NodeId.None) break;
                if (slots.NameOf(round.Run.Pod) is { } pending)
                    events.Note(pending, round.Run.Uid, true, FailedScheduling, PendingReason.Of(round), at);
                break;
        }
    }

    static void NoteAdmission(Admission? before, Admission? after, SlotTable slots, Func<NodeId, string> nodeName, EventLog events, WallTime at)
    {
        if ((after ?? before) is not { } admission || slots.NameOf(admission.Run.Pod) is not { } about) return;
        var uid = admission.Run.Uid;
        var node = nodeName(admission.Node);
        if (before is null) events.Note(about, uid, false, "Scheduled", Words($"Successfully assigned {about.Namespace}/{about.Name} to {node}", admission.Birth.Winner), new WallTime(admission.AdmittedAt.UnixMilliseconds));
        if (after is null)
        {
            events.Note(about, uid, false, "Killing", $"Gone from {node}", at);
            return;
        }
        if (after.Status.Draining && before is not { Status.Draining: true })
        {
            var tells = after.Status.Reason
                is PodReasons.TopologyConflict or PodReasons.TaintedOut or PodReasons.Preempted or PodReasons.OutgrewNode;
            events.Note(about, uid, false, "Killing", $"Draining on {node}: {(tells ? after.Status.Message : "an earlier copy runs")}", at);
        }
        new PodEvents((warning, reason, message, times) => events.Note(about, uid, warning, reason, message, at, times)).Compare(before?.Status, after.Status);
    }

    static string Words(string what, string detail) => detail.Length == 0 ? what : $"{what}: {detail}";
}
