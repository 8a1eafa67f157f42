using Gossip.Core.Membership;
using Gossip.Core.Primitives;

namespace Gossip.Core.Tables;

/// <summary>
/// What the tables say should become of one admission among those of its pod. The order of two admissions is all in
/// their rows, so that both nodes see the same one first; the other drains only once the first is ready, and never goes
/// back on it (ALGORITHM.md, Auction 5). Pure: rows and members in, an opinion out.
/// </summary>
static class PodJudge
{
    /// <summary>Nobody wants this run any more.</summary>
    public static bool IsOver(Slot slot, Epoch epoch) =>
        !slot.IsDesired || epoch < slot.LeastEpoch || slot.FailedEpochs.Contains(epoch);

    /// <summary>
    /// When ours is not needed, because another copy comes before it, stands and is ready; null when there is none. One that
    /// does nothing yet but wait for what it depends on gives way to a first that waits as well: neither may ever be ready if
    /// the two take the room of what they wait for. Of a node that has only just come back the rows may be of before it went: it is
    /// believed after <paramref name="patience"/>, since draining is final.
    /// </summary>
    /// <param name="ours">With the status that was last told, though the log may not have confirmed it.</param>
    public static Instant? DrainsAt(Slot slot, Admission ours, IMemberList members, TimeSpan patience)
    {
        Instant? first = null;
        var idle = IsIdle(ours);
        foreach (var other in slot.Admissions)
        {
            if (other.Uid == ours.Uid || !other.Status.Ready && !idle || !Stands(slot, other, members)) continue;
            if (!other.Precedes(ours)) continue;
            var believed = other.Node == ours.Node ? default : members.Find(other.Node)!.Since + patience;
            if (first is null || believed < first) first = believed;
        }
        return first;
    }

    /// <summary>The first in order that stands.</summary>
    public static Admission? First(Slot slot, IMemberList members)
    {
        foreach (var admission in slot.Admissions)
            if (Stands(slot, admission, members)) return admission;
        return null;
    }

    /// <summary>Somebody other than us has it.</summary>
    /// <param name="ready">And it is ready there, or has come to its end: to wait for it any longer is in vain.</param>
    public static bool AnotherStands(Slot slot, NodeId self, IMemberList members, bool ready = false)
    {
        foreach (var admission in slot.Admissions)
        {
            if (admission.Node == self || ready && !admission.Status.Ready && !admission.Status.HasEnded) continue;
            if (Stands(slot, admission, members)) return true;
        }
        return false;
    }

    /// <summary>One more than every rank there is.</summary>
    public static uint RankToLead(Slot slot)
    {
        var greatest = 0u;
        foreach (var admission in slot.Admissions) greatest = Math.Max(greatest, admission.Status.Rank);
        return greatest + 1;
    }

    static bool IsIdle(Admission ours)
    {
        var containers = ours.Status.Containers;
        foreach (var container in containers)
            if (container.Stage != ContainerStage.Waiting || container.Reason != PodReasons.WaitingForDependencies) return false;
        return !containers.IsDefaultOrEmpty;
    }

    static bool Stands(Slot slot, Admission admission, IMemberList members) =>
        !admission.Status.Draining && !IsOver(slot, admission.Run.Epoch) && members.Find(admission.Node) is { IsLive: true };
}
