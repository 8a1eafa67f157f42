using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Scheduling.Filters;
using Gossip.Core.Scheduling.Preemption;
using Gossip.Core.Tables;
using Gossip.Core.Tables.Topology;
using Gossip.Core.Templates;

namespace Gossip.Core.Scheduling;

/// <summary>
/// What this node believes of the others' room: the capacity that gossip last brought, less what it awarded itself since.
/// It only decides whom to ask, so being wrong costs a refusal; without the deduction all pods of a burst would ask the same few.
/// </summary>
sealed class Hearsay(SlotTable slots, TypicalPods typical, IMemberList members)
{
    readonly record struct Debt(ulong Boot, ulong Version, Resources Taken, Devices Left);

    readonly Dictionary<NodeId, Debt> debts = [];
    readonly EvictableRoom evictable = new(slots);

    public NodeFacts Of(Member member, in Surroundings around)
    {
        var settings = slots.SettingsOf(member.Id);
        var capacity = member.Capacity;
        var free = Free(member);
        if (debts.TryGetValue(member.Id, out var debt) && debt.Boot == capacity.Boot && debt.Version == capacity.Version)
            free = (free - debt.Taken) with { Devices = debt.Left };
        return Facts(member, settings, free) with { Around = around, Typical = typical };
    }

    /// <summary>What a member says of itself and the operator of it, and what is free on it.</summary>
    public static NodeFacts Facts(Member member, NodeSettings settings, in Resources free) =>
        new(member.Name, settings.Labels, settings.Taints, settings.Unschedulable, member.Card.Runtimes,
            member.Card.Allocatable, free, member.Capacity.Unready ?? "", null, 0)
        {
            LostRuntimes = member.Capacity.LostRuntimes,
        };

    /// <summary>
    /// Whether its last news leaves room for the pod at all: for a look at every node of a full cluster, most of which need no closer one.
    /// </summary>
    public static bool MayHaveRoom(Member member, PodTemplate template) => ResourceFilter.Fits(template.Requests, Free(member));

    /// <summary>As its last news says; before any came, all of it.</summary>
    public static Resources Free(Member member) =>
        member.Capacity.Boot == 0 && member.Capacity.Version == 0 ? member.Card.Allocatable : member.Capacity.Free;

    /// <summary>By what this node has heard of the cluster's pods.</summary>
    public PlacementStrategy Placement => PlacementStrategy.Of(typical);

    /// <summary>Counts an award until the node's next capacity tells of it.</summary>
    public void Deduct(NodeId node, PodTemplate template)
    {
        if (members.Find(node) is not { Capacity: var capacity }) return;
        if (!debts.TryGetValue(node, out var debt) || debt.Boot != capacity.Boot || debt.Version != capacity.Version)
            debt = new Debt(capacity.Boot, capacity.Version, Resources.Zero, capacity.Free.Devices);
        debts[node] = debt with { Taken = debt.Taken + template.Requests, Left = PlacementStrategy.LeftBy(template, debt.Left) };
    }

    /// <summary>Whether a node may take what it could not before.</summary>
    public static bool Grew(in Capacity before, in Capacity after)
    {
        if (before.Boot != after.Boot || before.Unready.Length > 0 && after.Unready.Length == 0) return true;
        if (before.LostRuntimes != after.LostRuntimes && before.LostRuntimes.Length > 0) return true;
        // More of anything than before.
        return after.Free.Devices.HasMoreThan(before.Free.Devices) || !ResourceFilter.Fits(after.Free, before.Free);
    }

    /// <summary>Whether a pod might fit on a node if those of lower priority went.</summary>
    public bool MightFitByEvicting(Slot slot, Member member, in NodeFacts facts) =>
        evictable.MightFit(slot.Template, slots.PriorityOf(slot), member, facts);

    public void Forget(NodeId node)
    {
        debts.Remove(node);
        evictable.Forget(node);
    }
}
