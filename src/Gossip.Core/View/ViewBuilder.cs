using Gossip.Core.Membership;
using Gossip.Core.Model;
using Gossip.Core.Replication;
using Gossip.Core.Workloads;

namespace Gossip.Core.View;

/// <summary>Builds the view that readers get, when somebody looks and something changed since.</summary>
public sealed class ViewBuilder
{
    public ViewBuilder(ITables tables, SlotTable slots, IMemberList members) => throw new NotImplementedException();

    /// <summary>Notes events (Scheduled, Started, NodeNotReady …) and what became stale. Called after the slot table took the change.</summary>
    public void Observe(in RowChange change, Now now) => throw new NotImplementedException();
    public void Observe(in MemberChange change, Now now) => throw new NotImplementedException();

    public ClusterView Build(Now now) => throw new NotImplementedException();
}
