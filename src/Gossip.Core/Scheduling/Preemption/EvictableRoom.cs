using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Scheduling.Filters;
using Gossip.Core.Tables;
using Gossip.Core.Templates;

namespace Gossip.Core.Scheduling.Preemption;

/// <summary>
/// How much each node would have free, by the merged tables, if its pods below some priority went: who is worth asking for a
/// bid that evicts. Summed up when somebody asks, and kept until an admission of the node comes or goes.
/// </summary>
sealed class EvictableRoom(SlotTable slots)
{
    /// <param name="Below">Requests of all pods up to each priority, rising.</param>
    readonly record struct Sums(ulong Version, (int Priority, Resources Below)[] Below);

    readonly Dictionary<NodeId, Sums> known = [];

    /// <summary>Whether a pod might fit if those of lower priority went. Rules between pods are left to the node itself, which knows whom it would evict.</summary>
    /// <param name="facts">The node by hearsay.</param>
    public bool MightFit(PodTemplate pod, int priority, Member node, in NodeFacts facts)
    {
        if (!Filtering.PassesFixed(pod, facts) || Below(node.Id, priority) is not { } below) return false;
        return ResourceFilter.Fits(pod.Requests, facts.Free.GivenBack(below)) && (pod.Device is not { } request || DevicesWithout(node, priority).Fits(request));
    }

    public void Forget(NodeId node) => known.Remove(node);

    /// <summary>Null when it has no pod of lower priority.</summary>
    Resources? Below(NodeId node, int priority)
    {
        var version = slots.TenantsVersionOf(node);
        if (!known.TryGetValue(node, out var sums) || sums.Version != version) known[node] = sums = new Sums(version, SumUp(node));
        Resources? found = null;
        foreach (var (upTo, below) in sums.Below)
            if (upTo < priority) found = below;
        return found;
    }

    (int, Resources)[] SumUp(NodeId node)
    {
        var sums = new SortedList<int, Resources>(); // few priorities
        foreach (var admission in slots.AdmissionsOf(node))
        {
            if (!Tenant.Counts(admission) || slots.Find(admission.Run.Pod) is not { Template.Requests: var requests }) continue;
            var priority = admission.Priority;
            sums[priority] = sums.TryGetValue(priority, out var alike) ? alike + requests : requests;
        }
        var below = Resources.Zero;
        var rising = new (int, Resources)[sums.Count];
        for (var i = 0; i < rising.Length; i++) rising[i] = (sums.GetKeyAtIndex(i), below += sums.GetValueAtIndex(i));
        return rising;
    }

    /// <summary>What travels does not say which device is free, so they are counted down from all of them.</summary>
    Devices DevicesWithout(Member node, int priority)
    {
        var devices = node.Card.Allocatable.Devices;
        foreach (var tenant in Tenant.Of(slots, node.Id))
            if (tenant.Priority >= priority && tenant is { Devices: { } grant, Template.Device: { } request }) devices = devices.Take(grant, request.Milli);
        return devices;
    }
}
