using Gossip.Core.Model;
using Gossip.Core.Replication;
using Gossip.Core.Scheduling;

namespace Gossip.Core.Workloads;

/// <summary>
/// Which rows nobody needs any more: an object being deleted of which no node that answers still runs a pod, and
/// whatever is left of pods whose object is gone. Dead nodes are not waited for: when one returns, the object's birth
/// dot is covered and its row is not there, so the node ends the pod itself.
/// </summary>
sealed class Garbage(ITables tables, Catalog catalog, Dictionary<PodId, PodFacts> facts)
{
    readonly SortedSet<Uid> deleting = [];
    readonly SortedSet<PodId> pods = [];
    readonly SortedSet<PodId> orphans = [];

    public bool IsEmpty => deleting.Count == 0 && orphans.Count == 0;

    public void Note(CatalogObject workload, bool gone)
    {
        if (gone) deleting.Remove(workload.Uid);
        else if (workload.IsDeleting) deleting.Add(workload.Uid);
        if (gone) orphans.UnionWith(PodsOf(workload.Uid));
    }

    public void Note(PodId pod, PodFacts known)
    {
        if (known.IsEmpty)
        {
            pods.Remove(pod);
            orphans.Remove(pod);
            known.IsNoted = false;
            return;
        }
        if (!known.IsNoted) pods.Add(pod);
        known.IsNoted = true;
        var workload = pod.Workload;
        if (catalog.Find(workload) is null && tables.Find(workload) is null && tables.Covers(workload)) orphans.Add(pod);
    }

    public IEnumerable<Uid> Find(Func<Admission, bool> answers)
    {
        foreach (var uid in deleting)
            if (!PodsOf(uid).Any(pod => facts[pod].Admissions.Any(answers))) yield return uid;
        foreach (var pod in orphans)
        {
            foreach (var row in facts[pod].Rows) yield return row;
            foreach (var admission in facts[pod].Admissions)
                if (!answers(admission)) yield return admission.Uid;
        }
    }

    SortedSet<PodId> PodsOf(Uid workload) =>
        pods.GetViewBetween(new PodId(workload, 0, 0), new PodId(workload, int.MaxValue, ulong.MaxValue));
}
