using Gossip.Core.Membership;
using Gossip.Core.Model;
using Gossip.Core.Scheduling;
using Gossip.Core.Workloads;

namespace Gossip.Core.Pods;

/// <summary>
/// What the tables say should become of one admission among those of its pod. The order of two admissions is all in
/// their rows, so that both nodes see the same one first; the other drains only once the first is ready, and never goes
/// back on it (DESIGN 5.4). Pure: rows and members in, an opinion out.
/// </summary>
static class PodJudge
{
    /// <summary>Nobody wants this run any more.</summary>
    public static bool IsOver(Slot slot, Epoch epoch) =>
        !slot.IsDesired || epoch < slot.LeastEpoch || slot.FailedEpochs.Contains(epoch);

    /// <summary>Another copy comes before ours, stands, and is ready: ours is not needed.</summary>
    public static bool MustDrain(Slot slot, Admission ours, IMemberList members, PlantedBug planted)
    {
        foreach (var other in slot.Admissions)
        {
            if (other.Uid == ours.Uid || !Stands(slot, other, members)) continue;
            if (other.Status.Ready && (other.Precedes(ours) || planted == PlantedBug.DrainByReadiness)) return true;
        }
        return false;
    }

    /// <summary>The first in order that stands.</summary>
    public static Admission? First(Slot slot, IMemberList members)
    {
        foreach (var admission in slot.Admissions)
            if (Stands(slot, admission, members)) return admission;
        return null;
    }

    /// <summary>Somebody other than us has it.</summary>
    public static bool AnotherStands(Slot slot, NodeId self, IMemberList members)
    {
        foreach (var admission in slot.Admissions)
            if (admission.Node != self && Stands(slot, admission, members)) return true;
        return false;
    }

    /// <summary>One more than every rank there is.</summary>
    public static uint RankToLead(Slot slot)
    {
        var greatest = 0u;
        foreach (var admission in slot.Admissions) greatest = Math.Max(greatest, admission.Status.Rank);
        return greatest + 1;
    }

    static bool Stands(Slot slot, Admission admission, IMemberList members) =>
        !admission.Status.Draining && !IsOver(slot, admission.Run.Epoch) && members.Find(admission.Node) is { IsLive: true };
}
