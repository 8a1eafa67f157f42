using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Core.Tables.Topology;
using Gossip.Core.Templates;
using Gossip.Core.Turns;

namespace Gossip.Core.Scheduling;

/// <summary>What the objects of an auctioneer share: what they read, and what they speak through.</summary>
sealed class AuctionContext(
    NodeConfig config, SlotTable slots, PlacedPods placed, TypicalPods typical, IMemberList members, Outbox outbox,
    RoundPublisher publisher, RandomStream random)
{
    public NodeTimings Timings { get; } = config.Timings;
    public SlotTable Slots => slots;
    public PlacedPods Placed => placed;
    public IMemberList Members => members;
    public Outbox Outbox => outbox;
    public RoundPublisher Publisher => publisher;
    public RandomStream Random => random;
    public Hearsay Hearsay { get; } = new(slots, typical, members);
    public Distrust Distrust { get; } = new(members, config.Timings);

    /// <summary>What others said of epochs since the slot table last looked.</summary>
    public List<EpochReport> Reports { get; } = [];

    /// <summary>What rules between pods have, as far as this node knows, against a pod on a node; null: nothing.</summary>
    public string? WhyForbidden(PodId pod, NodeId node) =>
        slots.Find(pod) is { Rules.IsHard: true } slot && members.Find(node) is { } member
            ? Filters.Filtering.CheckNeighbours(slot.Template, Hearsay.Of(member, placed.Around(slot))).Reason
            : null;

    /// <summary>Counts a place that was won until the tables and the node's capacity tell of it.</summary>
    public void Expect(PodId pod, NodeId node, PodTemplate template)
    {
        Hearsay.Deduct(node, template);
        placed.Expect(pod, node);
    }
}
