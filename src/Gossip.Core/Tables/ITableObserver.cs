using Gossip.Core.Kinds;
using Gossip.Core.Primitives;
using Gossip.Core.Tables.Topology;

namespace Gossip.Core.Tables;

/// <summary>
/// Keeps counts or an index over the slot table. It is told of a change within that change, so that whoever reads it later finds it
/// as new as the table. What it keeps of a single slot is a column of that <see cref="Slot"/>, which it alone writes.
/// </summary>
interface ITableObserver
{
    /// <summary>
    /// A slot came (nothing before), went (nothing after), or another takes its place. The table has the new one already.
    /// </summary>
    void OnSlot(Slot? before, Slot? after) { }

    /// <summary>A slot that is in the table is wanted from now on, or is not any more. One that comes is wanted.</summary>
    void OnWanted(Slot slot) { }

    /// <summary>What the rows say of a slot may have changed: its admissions, its epochs, whether it is wanted.</summary>
    void OnFacts(Slot slot) { }

    /// <summary>An object that is no workload came, changed or went, or another of its name counts now.</summary>
    void OnObject(in ObjectChange change) { }

    /// <summary>A node came or went, or its labels or taints may be others.</summary>
    /// <param name="now">Null when it is not live.</param>
    /// <param name="admitted">The pods that it has admissions of.</param>
    void OnNode(NodeId node, PlacedNode? now, IEnumerable<PodId> admitted) { }
}

/// <summary>What became of an object that is no workload.</summary>
/// <param name="IsGone">Its row was removed; the object is as it was before.</param>
/// <param name="Counting">The object that counts under its name by now; null when none does.</param>
readonly record struct ObjectChange(KindRole Role, CatalogObject Object, bool IsGone, CatalogObject? Counting);
