using Gossip.Core.Disk;
using Gossip.Core.Membership;
using Gossip.Core.Pods.Departures;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Scheduling;
using Gossip.Core.Scheduling.Filters;
using Gossip.Core.Tables;
using Gossip.Core.Tables.Topology;
using Gossip.Core.Turns;

namespace Gossip.Core.Disruption;

/// <summary>
/// Hands this node's pods over, one at a time and within their budgets, once its disk has been slow or full for a while: a pod whose
/// node can write nothing down is not watched well. What no other node could take stays.
/// </summary>
/// <remarks>Inputs: the disk's state, capacities by hearsay. Outputs: evictions of own pods.</remarks>
sealed class DiskEvacuation(
    SlotTable slots, PlacedPods placed, Hearsay hearsay, IMemberList members, MoveReasons reasons, Evictor evictor,
    DiskWatch disk) : INodePart
{
    /// <summary>A hiccup moves nothing.</summary>
    static readonly TimeSpan After = TimeSpan.FromSeconds(10);

    static readonly TimeSpan Between = TimeSpan.FromSeconds(1);

    readonly PodMover mover = new(reasons, evictor);
    Instant next;

    public void OnSettled(Turn turn)
    {
        if (disk.SickSince is not { } since || disk.State == DiskState.Failing || mover.IsMoving) return;
        if (turn.Monotonic < since + After || turn.Monotonic < next) return;
        next = turn.Monotonic + Between;
        if (Choose(turn.Now) is { } run) mover.Move(run, disk.Why, turn);
    }

    PodRun? Choose(Now now)
    {
        foreach (var admission in slots.AdmissionsOf(members.Self))
        {
            if (admission.Status.HasEnded || slots.Find(admission.Run.Pod) is not { IsDesired: true } slot) continue;
            if (slots.Standing(slot, now.Monotonic)?.Uid == admission.Uid && HasPlace(slot)) return admission.Run;
        }
        return null;
    }

    bool HasPlace(Slot slot)
    {
        foreach (var member in members.Live)
            if (member.Id != members.Self && Filtering.Passes(slot.Template, hearsay.Of(member, placed.Around(slot)))) return true;
        return false;
    }
}
