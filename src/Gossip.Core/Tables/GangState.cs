using System.Globalization;
using Gossip.Core.Membership;
using Gossip.Core.Primitives;

namespace Gossip.Core.Tables;

/// <summary>
/// How a gang does, by the rows and members that a node knows: a pure reading, so that its auctioneer, the nodes that hold
/// its pods back and whoever asks <c>why</c> say the same of the same tables.
/// </summary>
/// <param name="Min">So many together or none; of two that its pods name, the greater.</param>
/// <param name="LeastMin">The smaller of two; the same when all agree.</param>
/// <param name="Members">Pods that are wanted and not held by scheduling gates or for want of their class.</param>
/// <param name="Admitted">Of these, those with a place on a live node, or that have ended.</param>
/// <param name="HasStarted">A member that has its place was started: the gang stood then, and stands while one of these does on a live node that is not just back.</param>
readonly record struct GangState(string Name, int Min, int LeastMin, int Members, int Admitted, bool HasStarted)
{
    /// <summary>Its pods name two minimums. Only concurrent writes bring that about; nobody knows which is meant.</summary>
    public bool IsTorn => Min != LeastMin;

    /// <summary>Its pods may start, and more are placed like any others.</summary>
    public bool Stands => HasStarted || !IsTorn && Admitted >= Min;

    public static GangState Of(Gang gang, SlotTable slots, IMemberList members, Instant now)
    {
        var (min, least, wanted, admitted, started) = (0, int.MaxValue, 0, 0, false);
        foreach (var slot in gang.Members.Values)
        {
            if (!slot.IsDesired || slot.IsGated || slots.LacksClass(slot) || slot.LacksVoters) continue;
            var terms = slot.Template.Gang!;
            min = Math.Max(min, terms.Min);
            least = Math.Min(least, terms.Min);
            wanted++;
            var standing = slots.Standing(slot, now);
            if (slot.Succeeded || standing is { Status.Phase: PodPhase.Succeeded or PodPhase.Failed })
            {
                admitted++;
                started = true;
            }
            else if (standing is not null)
            {
                // In its grace, or just back: nobody may count on it.
                if (members.Find(standing.Node) is not { IsLive: true } || slots.Nodes.IsOutdated(standing, now)) continue;
                started |= standing.Status.StartedAt != default;
                admitted++;
            }
        }
        return new GangState(gang.Name, min, least, wanted, admitted, started);
    }

    /// <summary>Why it does not stand, as far as that is not for want of room.</summary>
    public string? WhyNot => Stands ? null
        : IsTorn ? string.Create(CultureInfo.InvariantCulture, $"gang {Name} has two minimums, {LeastMin} and {Min}")
        : Members < Min ? string.Create(CultureInfo.InvariantCulture, $"gang {Name} needs {Min} together, {Members} exist")
        : null;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"gang {Name}: {Admitted} of {Members} pods admitted, {(Stands ? "it stands" : $"needs {Min} together")}");
}
