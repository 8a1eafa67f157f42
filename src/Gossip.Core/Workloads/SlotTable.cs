using Gossip.Core.Membership;
using Gossip.Core.Model;
using Gossip.Core.Replication;
using Gossip.Core.Scheduling;

namespace Gossip.Core.Workloads;

/// <summary>Every derived pod, kept up to date row by row: the work a change makes does not grow with the tables.</summary>
public sealed class SlotTable
{
    public SlotTable(ITables tables, IMemberList members, NodeTimings timings) => throw new NotImplementedException();

    /// <summary>Slots that changed since the machine last looked; it clears the list. May name a slot twice.</summary>
    public List<PodId> Dirty { get; } = [];

    public Slot? Find(PodId pod) => throw new NotImplementedException();

    /// <summary>In the order in which they were derived.</summary>
    public IReadOnlyCollection<Slot> Slots => throw new NotImplementedException();

    /// <summary>Admissions of a node, whatever their pods: what the node itself answers for.</summary>
    public IEnumerable<Admission> AdmissionsOf(NodeId node) => throw new NotImplementedException();

    /// <summary>The summary row of a pod under one auctioneer, for that auctioneer to edit; null when it has none.</summary>
    public Uid? SummaryRow(PodId pod, NodeId auctioneer) => throw new NotImplementedException();

    /// <summary>
    /// Desired and unfinished slots that no ready hand holds: open, or standing on a node that is not live. Only these
    /// can change by the mere passing of time, so a tick looks at no others. In order of id.
    /// </summary>
    public IEnumerable<Slot> Watching => throw new NotImplementedException();

    /// <summary>Rows that nobody needs any more, for any node to remove: deleted objects without admissions, facts of slots that are gone.</summary>
    public IEnumerable<Uid> Removable => throw new NotImplementedException();

    /// <summary>The operator's side of a node (labels, taints, cordon), laid over its card.</summary>
    public NodeSettings SettingsOf(NodeId node) => throw new NotImplementedException();

    public void Apply(in RowChange change, Now now) => throw new NotImplementedException();
    public void Apply(in MemberChange change, Now now) => throw new NotImplementedException();

    /// <summary>
    /// The admission that counts: the first in order whose node is live, or dead for less than the grace, and that
    /// is of the least epoch or later. Null when the slot is open.
    /// </summary>
    public Admission? Standing(Slot slot, Instant now) => throw new NotImplementedException();

    /// <summary>Desired, not succeeded, and nobody's.</summary>
    public bool IsOpen(Slot slot, Instant now) => throw new NotImplementedException();
}

/// <param name="Labels">Card and operator together.</param>
/// <param name="Unschedulable">Cordoned.</param>
public sealed record NodeSettings(Labels Labels, System.Collections.Immutable.ImmutableArray<Taint> Taints, bool Unschedulable);
