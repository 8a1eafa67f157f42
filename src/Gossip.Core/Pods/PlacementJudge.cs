using System.Globalization;
using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Scheduling;
using Gossip.Core.Scheduling.Filters;
using Gossip.Core.Tables;
using Gossip.Core.Tables.Topology;

namespace Gossip.Core.Pods;

/// <summary>
/// Whether a pod that is placed must make way, because the merged tables break a hard rule between pods. Of two that may
/// not be together the later admitted goes; of too many in a domain the last one does. The order is all in the rows, so
/// every node sees the same one, the first never goes, and there is no end of making way. (DESIGN.md, section 5.)
/// </summary>
/// <remarks>
/// Required affinity is not looked at: company that left later evicts nobody. The counts decide in a moment that all is
/// well, which it nearly always is; only then who came first is looked up among all pods.
/// </remarks>
sealed class PlacementJudge(SlotTable slots, PlacedPods placed, Hearsay hearsay, IMemberList members)
{
    /// <param name="Reason">Why it makes way; null when it stays.</param>
    /// <param name="Waits">Something that decides it is still under way: to be judged again.</param>
    public readonly record struct Verdict(string? Reason, bool Waits);

    /// <param name="ours">The slot's first admission, of this node.</param>
    /// <param name="patience">So long a node that came back may not know what happened meanwhile: its rows are not believed.</param>
    public Verdict Judge(Slot slot, Admission ours, TimeSpan patience, Instant now)
    {
        var around = placed.Around(slot);
        var labels = slots.SettingsOf(ours.Node).Labels;
        var rules = slot.Rules!;
        var waits = false;
        foreach (var tally in rules.AntiAffinity.Concat(rules.RefusedBy))
        {
            if (labels[tally.TopologyKey] is not { } domain || around.Count(tally, domain) == 0) continue;
            _ = IsSettled(tally, ref waits);
            foreach (var (other, held) in Others(slot, tally, domain))
            {
                if (!IsBefore(held, ours)) continue;
                if (members.Find(held.Node)!.Since + patience > now) waits = true;
                else return new Verdict($"may not share {tally.TopologyKey} {domain} with {other.Name}, which was there first", false);
            }
        }
        foreach (var rule in rules.Spread)
        {
            if (!rule.Says.IsHard || labels[rule.Tally.TopologyKey] is not { } domain) continue;
            if (!rule.Forbids(domain, around, out var there, out var least) || !IsSettled(rule.Tally, ref waits)) continue;
            if (!Others(slot, rule.Tally, domain).All(other => IsBefore(other.Held, ours)) || !CouldGoElsewhere(slot)) continue;
            var key = rule.Tally.TopologyKey;
            return new Verdict(string.Create(CultureInfo.InvariantCulture,
                $"maxSkew {rule.Says.MaxSkew} over {key}: {domain} has {there} others, the least {least}, and it came last"), false);
        }
        return new Verdict(null, waits);
    }

    /// <summary>The first admissions of other pods that a tally counts in a domain.</summary>
    IEnumerable<(Slot Slot, Admission Held)> Others(Slot slot, Tally tally, string domain)
    {
        foreach (var other in slots.Slots)
            if (other != slot && other.Rules is { } met && met.CountedIn.Contains(tally) && PodJudge.First(other, members) is { } held
                && placed.DomainOf(tally, held.Node) == domain) yield return (other, held);
    }

    /// <summary>Every pod of it has one place: while some have none, those go first, and while some have two, one of these goes.</summary>
    bool IsSettled(Tally tally, ref bool waits)
    {
        foreach (var other in slots.Slots)
        {
            if (other.Rules is not { } met || !met.CountedIn.Contains(tally) || !other.IsDesired || other.Succeeded) continue;
            var places = 0;
            foreach (var place in other.Places) places += place.Leaves ? 0 : 1;
            waits |= places > 1;
            if (places != 1) return false;
        }
        return true;
    }

    /// <summary>By hearsay; a pod that is only crowded is not evicted for nothing.</summary>
    bool CouldGoElsewhere(Slot slot)
    {
        foreach (var member in members.Live)
            if (Filtering.Passes(slot.Template, hearsay.Of(member, placed.Around(slot)))) return true;
        return false;
    }

    static bool IsBefore(Admission held, Admission ours) =>
        held.AdmittedAt != ours.AdmittedAt
            ? held.AdmittedAt.CompareTo(ours.AdmittedAt) < 0
            : held.Node.CompareTo(ours.Node) < 0;
}
