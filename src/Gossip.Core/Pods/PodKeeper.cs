using Gossip.Core.Membership;
using Gossip.Core.Model;
using Gossip.Core.Replication;
using Gossip.Core.Scheduling;
using Gossip.Core.Workloads;

namespace Gossip.Core.Pods;

/// <summary>The life of every pod that this node admitted: prepares, starts, restarts, drains, stops, and says how it does.</summary>
public sealed class PodKeeper
{
    public PodKeeper(NodeConfig config, SlotTable slots, IMemberList members, ITables tables, IRowWriter writer, Bidder bidder) => throw new NotImplementedException();

    public void Start(Now now, NodeEffects effects) => throw new NotImplementedException();

    /// <summary>A slot changed: start what this node admitted, stop what it should not run any more.</summary>
    public void OnSlot(PodId pod, Now now, NodeEffects effects) => throw new NotImplementedException();

    public void OnReport(PodReport report, Now now, NodeEffects effects) => throw new NotImplementedException();
    public bool TryHandle(NodeTimer timer, Now now, NodeEffects effects) => throw new NotImplementedException();

    /// <summary>This node leaves: everything that runs here ends gracefully, others have it already.</summary>
    public void OnLeave(Now now, NodeEffects effects) => throw new NotImplementedException();

    /// <summary>The first session with a peer is over (or there are no peers): the tables may be believed.</summary>
    public void OnSynced(Now now, NodeEffects effects) => throw new NotImplementedException();
}
