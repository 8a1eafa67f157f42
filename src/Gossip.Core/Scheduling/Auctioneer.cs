using Gossip.Core.Membership;
using Gossip.Core.Model;
using Gossip.Core.Replication;
using Gossip.Core.Wire;
using Gossip.Core.Workloads;

namespace Gossip.Core.Scheduling;

/// <summary>Calls the auctions of the chunks that the ring gives to this node.</summary>
public sealed class Auctioneer
{
    public Auctioneer(NodeConfig config, SlotTable slots, IMemberList members, ITables tables, IRowWriter writer, Luck luck, Outbox outbox) => throw new NotImplementedException();

    public bool TryHandle(MessageKind kind, ReadOnlyMemory<byte> body, NodeId sender, NodeAddress from, Now now, NodeEffects effects) => throw new NotImplementedException();
    public bool TryHandle(NodeTimer timer, Now now, NodeEffects effects) => throw new NotImplementedException();

    public void Start(Now now, NodeEffects effects) => throw new NotImplementedException();

    /// <summary>A slot changed: call its auction, or drop one that nobody needs any more.</summary>
    public void OnSlot(PodId pod, Now now, NodeEffects effects) => throw new NotImplementedException();

    /// <summary>A member came, went, or has other capacity: the ring may have turned, a pod may fit now.</summary>
    public void OnMember(in MemberChange change, Now now, NodeEffects effects) => throw new NotImplementedException();
}
