using System.Collections.Immutable;
using Gossip.Core.Membership;
using Gossip.Core.Pods.Departures;
using Gossip.Core.Pods.Recovery;
using Gossip.Core.Pods.StartGates;
using Gossip.Core.Scheduling;
using Gossip.Core.Tables;
using Gossip.Core.Tables.Topology;
using Gossip.Core.Turns;

namespace Gossip.Core.Pods;

/// <summary>The rules by which pods start and leave, in their order.</summary>
sealed class PodRules
{
    readonly PodLeases leases;

    public PodRules(
        NodeConfig config, SlotTable slots, PlacedPods placed, Hearsay hearsay, IMemberList members, OwnRoom room, MoveReasons moves,
        PodLeases leases, LostRuntimes lost, Dependencies dependencies, PodConfiguration configuration)
    {
        this.leases = leases;
        Taint = new TaintDeparture(slots, config.Card.Id);
        Alone = new AloneDeparture(config.Timings, members);
        Gang = new GangDeparture(config.Timings, slots);
        Copies = new CopyDeparture(config, members);
        Neighbours = new NeighbourDeparture(config, slots, placed, hearsay, members);
        Evictions = new EvictionDeparture(config.Timings, members, moves);
        Use = new UseDeparture(slots);
        Lead = new LeadWatch(config.Timings, slots, members);
        Configuration = new ConfigurationGate(configuration);
        AtEachLook = [Taint, Alone, new LeaseDeparture(config.Timings, leases, lost)];
        Gates =
        [
            new HandoverGate(members),
            new GangGate(slots, members, Gang),
            new LeaseGate(leases, members),
            new RoomGate(room),
            new DependencyGate(dependencies),
            Configuration,
        ];
    }

    public TaintDeparture Taint { get; }
    public AloneDeparture Alone { get; }
    public GangDeparture Gang { get; }
    public CopyDeparture Copies { get; }
    public NeighbourDeparture Neighbours { get; }
    public EvictionDeparture Evictions { get; }
    public UseDeparture Use { get; }
    public LeadWatch Lead { get; }
    public ConfigurationGate Configuration { get; }

    /// <summary>The departures that are judged at each look at a pod. The others are judged when what decides them changes.</summary>
    public ImmutableArray<IDeparture> AtEachLook { get; }

    /// <summary>What an admitted pod has to pass to start.</summary>
    public ImmutableArray<IStartGate> Gates { get; }

    /// <summary>Nothing of the pod is left.</summary>
    public void Forget(KeptPod pod, Turn turn)
    {
        foreach (var departure in AtEachLook) departure.Forget(pod);
        Gang.Forget(pod);
        Evictions.Forget(pod);
        Lead.Forget(pod);
        leases.End(pod, turn);
    }
}
