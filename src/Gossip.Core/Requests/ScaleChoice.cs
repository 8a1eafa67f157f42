using Gossip.Core.Kinds;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Tables;

namespace Gossip.Core.Requests;

/// <summary>
/// Which ordinals a workload leaves out when it is scaled. Down: pending pods go first, then unready ones, then the
/// youngest; those below the greatest kept ordinal go into the skip cell. Up: what was skipped is taken back first,
/// smallest first. The kept pods keep their ordinals either way.
/// </summary>
static class ScaleChoice
{
    public static OrdinalRanges SkipFor(CatalogObject workload, int replicas, SlotTable slots, Instant now)
    {
        var skip = OrdinalRanges.Read(workload.Json(Fields.Skip));
        if (workload.Spec is not { Template: { } template } spec || replicas == spec.Ordinals.Count) return skip;
        if (replicas > spec.Ordinals.Count) return OrdinalRanges.Of(skip.Ordinals().Skip(replicas - spec.Ordinals.Count));

        var kept = spec.Ordinals
            .Select(ordinal => (Ordinal: ordinal, Admission: StandingOf(new PodId(workload.Uid, ordinal, template.Hash), slots, now)))
            .OrderByDescending(pod => pod.Admission is null ? 0 : pod.Admission.Status.Ready ? 2 : 1)
            .ThenBy(pod => pod.Admission?.AdmittedAt ?? Stamp.Zero)
            .ThenBy(pod => pod.Ordinal)
            .Take(replicas)
            .Select(pod => pod.Ordinal)
            .ToHashSet();
        if (kept.Count == 0) return OrdinalRanges.None;
        var greatest = kept.Max();
        return OrdinalRanges.Of(Enumerable.Range(0, greatest).Where(ordinal => !kept.Contains(ordinal)));
    }

    static Admission? StandingOf(PodId pod, SlotTable slots, Instant now) =>
        slots.Find(pod) is { } slot ? slots.Standing(slot, now) : null;
}
