using Gossip.Core.Primitives;
using Gossip.Core.Replication;

namespace Gossip.Core.Pods.Recovery;

/// <summary>
/// Workloads of pods and admissions here of which this node knows neither a row nor that they are gone: its store was damaged, or its
/// peers have not told yet. When one becomes known, its pods of another template have no slot, so nothing else would look at them again.
/// </summary>
sealed class AwaitedWorkloads(ITables tables)
{
    readonly SortedSet<Uid> awaited = [];

    /// <summary>
    /// Of a workload without a slot: only the context tells whether it is gone, or has not arrived yet. It is awaited then.
    /// </summary>
    public bool IsGone(Uid workload)
    {
        if (tables.Covers(workload)) return true;
        awaited.Add(workload);
        return false;
    }

    /// <summary>Those that are known by now, each once. Costs nothing where none is awaited.</summary>
    public IReadOnlyList<Uid> TakeKnown()
    {
        if (awaited.Count == 0) return [];
        var known = awaited.Where(tables.Covers).ToArray();
        awaited.ExceptWith(known);
        return known;
    }
}
