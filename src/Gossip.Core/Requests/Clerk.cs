using Gossip.Core.Model;
using Gossip.Core.Replication;
using Gossip.Core.View;
using Gossip.Core.Workloads;

namespace Gossip.Core.Requests;

/// <summary>Takes users' writes to the tables, and answers when they are durable.</summary>
public sealed class Clerk
{
    public Clerk(SlotTable slots, ITables tables, IRowWriter writer, ViewBuilder views) => throw new NotImplementedException();

    public void Handle(RequestId id, Request request, Now now, NodeEffects effects) => throw new NotImplementedException();
}
