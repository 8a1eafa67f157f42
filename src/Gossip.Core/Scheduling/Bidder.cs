using Gossip.Core.Membership;
using Gossip.Core.Model;
using Gossip.Core.Replication;
using Gossip.Core.Wire;
using Gossip.Core.Workloads;

namespace Gossip.Core.Scheduling;

/// <summary>This node's side of every auction: its books, its bids, its admissions.</summary>
public sealed class Bidder
{
    public Bidder(NodeConfig config, SlotTable slots, Swim members, IRowWriter writer, Outbox outbox) => throw new NotImplementedException();

    public bool TryHandle(MessageKind kind, ReadOnlyMemory<byte> body, NodeId sender, NodeAddress from, Now now, NodeEffects effects) => throw new NotImplementedException();
    public bool TryHandle(NodeTimer timer, Now now, NodeEffects effects) => throw new NotImplementedException();

    /// <summary>Counts a pod that runs here without a bid of this life: adopted after a restart.</summary>
    public void Adopt(PodRun run, PodTemplate template) => throw new NotImplementedException();

    /// <summary>The runtime says that nothing of it is left: its resources are free again.</summary>
    public void Free(PodRun run, Now now, NodeEffects effects) => throw new NotImplementedException();
}
