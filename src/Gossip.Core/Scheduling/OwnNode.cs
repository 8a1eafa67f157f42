using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Core.Tables.Topology;
using Gossip.Core.Templates;

namespace Gossip.Core.Scheduling;

/// <summary>This node as filters and scores see it, from its own exact books.</summary>
sealed class OwnNode(NodeConfig config, SlotTable slots, PlacedPods placed, TypicalPods typical, Books books, CapacityAnnouncer capacity)
{
    /// <summary>What this node's engines have.</summary>
    public NodeImages Images { get; set; } = NodeImages.None;

    /// <summary>As things are.</summary>
    public NodeFacts Facts(PodId pod) => Facts(pod, books.Free, books.Ports);

    /// <summary>As if every reservation were let go.</summary>
    public NodeFacts FactsWithoutBids(PodId pod) => Facts(pod, books.FreeOfBids, books.FirmPorts);

    NodeFacts Facts(PodId pod, in Resources free, HashSet<HostPort> ports)
    {
        var settings = slots.SettingsOf(config.Card.Id);
        return new NodeFacts(config.Card.Name, settings.Labels, settings.Taints, settings.Unschedulable, config.Card.Runtimes,
            books.Allocatable, free, capacity.Unready, ports,
            books.OfWorkload(pod.Workload))
        {
            LostRuntimes = capacity.LostRuntimes,
            Images = Images,
            Around = slots.Find(pod) is { } slot ? placed.Around(slot) : default,
            Typical = typical,
        };
    }
}
