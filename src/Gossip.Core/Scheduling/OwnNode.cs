using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Core.Tables.Topology;
using Gossip.Core.Templates;

namespace Gossip.Core.Scheduling;

/// <summary>This node as filters and scores see it, from its own exact books.</summary>
sealed class OwnNode(NodeConfig config, SlotTable slots, PlacedPods placed, TypicalPods typical, OwnRoom room)
{
    /// <summary>What this node's engines have.</summary>
    public NodeImages Images { get; set; } = NodeImages.None;

    /// <summary>As things are.</summary>
    public NodeFacts Facts(PodId pod) => Facts(pod, room.Books.Free, room.Books.Ports);

    /// <summary>As if every reservation were let go.</summary>
    public NodeFacts FactsWithoutBids(PodId pod) => Facts(pod, room.Books.FreeOfBids, room.Books.FirmPorts);

    NodeFacts Facts(PodId pod, in Resources free, HashSet<HostPort> ports)
    {
        var settings = slots.SettingsOf(config.Card.Id);
        return new NodeFacts(config.Card.Name, settings.Labels, settings.Taints, settings.Unschedulable, config.Card.Runtimes,
            room.Books.Allocatable, free, room.Capacity.Unready, ports, room.Books.OfWorkload(pod.Workload))
        {
            LostRuntimes = room.Capacity.LostRuntimes,
            Images = Images,
            Around = slots.Find(pod) is { } slot ? placed.Around(slot) : default,
            Typical = typical,
        };
    }
}
