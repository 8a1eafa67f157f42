using Gossip.Core.Primitives;
using Gossip.Core.Replication;

namespace Gossip.Core.Tables;

/// <summary>
/// Which rows nobody needs any more: an object being deleted of which no node that answers still runs a pod, and
/// whatever is left of pods whose object is gone. Dead nodes are not waited for: when one returns, the object's birth
/// dot is covered and its row is not there, so the node ends the pod itself.
/// </summary>
sealed class Garbage(ITables tables, Catalog catalog, FactsBook facts)
{
    readonly SortedSet<Uid> deleting = [];
    readonly SortedSet<PodId> strays = []; // without a slot: a workload knows those of its own
    readonly SortedSet<PodId> orphans = [];

    public bool IsEmpty => deleting.Count == 0 && orphans.Count == 0;

    public void Note(CatalogObject workload, bool gone)
    {
        if (gone) deleting.Remove(workload.Uid);
        else if (workload.IsDeleting) deleting.Add(workload.Uid);
        if (!gone) return;
        foreach (var (pod, known) in PodsOf(workload.Uid, workload))
            if (!known.IsEmpty) orphans.Add(pod);
    }

    public void Note(PodId pod, PodFacts known, bool isStray)
    {
        var isNoted = isStray && !known.IsEmpty;
        if (isNoted && !known.IsNoted) strays.Add(pod);
        else if (known.IsNoted && !isNoted) strays.Remove(pod);
        known.IsNoted = isNoted;
        if (known.IsEmpty) orphans.Remove(pod);
        else if (catalog.Find(pod.Workload) is null && tables.Find(pod.Workload) is null && tables.Covers(pod.Workload)) orphans.Add(pod);
    }

    public IEnumerable<Uid> Find(Func<Admission, bool> answers)
    {
        foreach (var uid in deleting)
            if (!PodsOf(uid, catalog.Find(uid)).Any(pod => pod.Facts.Admissions.Any(answers))) yield return uid;
        foreach (var pod in orphans)
        {
            if (facts.Find(pod) is not { } known) continue;
            foreach (var row in known.Rows) yield return row;
            foreach (var admission in known.Admissions)
                if (!answers(admission)) yield return admission.Uid;
        }
    }

    /// <summary>Everything known of an object's pods, with a slot and without.</summary>
    IEnumerable<(PodId Pod, PodFacts Facts)> PodsOf(Uid uid, CatalogObject? workload)
    {
        foreach (var pod in strays.GetViewBetween(new PodId(uid, 0, 0), new PodId(uid, int.MaxValue, ulong.MaxValue))) yield return (pod, facts.Find(pod)!);
        if (workload is null) yield break;
        foreach (var slot in workload.Slots)
            if (slot.Facts is { } known) yield return (slot.Id, known);
    }
}
