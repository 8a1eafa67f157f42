using System.Collections.Immutable;
using Gossip.Core.Primitives;
using Gossip.Core.Scheduling.Filters;
using Gossip.Core.Tables;
using Gossip.Core.Tables.Topology;
using Gossip.Core.Templates;

namespace Gossip.Core.Scheduling.Preemption;

/// <param name="Victims">Who must go, the most important first.</param>
/// <param name="After">The node as it will be without them and those that leave already, before the pod comes.</param>
sealed record PreemptionPlan(ImmutableArray<Tenant> Victims, PreemptionCost Cost, NodeFacts After);

/// <summary>
/// Who must leave a node so that a pod of greater priority fits. All of lower priority are thought away; if it fits then, as
/// many as possible may stay, those first whose budget would be violated, then the more important: so the victims are few
/// and low, in one pass over the pods in order. Pure. (Source: kube-scheduler's default preemption, SelectVictimsOnNode.)
/// </summary>
static class VictimSelection
{
    /// <returns>Null when it would not fit even alone with those of its priority or more. A plan without victims waits for those that leave already.</returns>
    /// <param name="node">As it is now, with all its tenants; devices as the node itself counts them, one by one.</param>
    public static PreemptionPlan? Select(PodTemplate pod, int priority, NodeId id, in NodeFacts node, IReadOnlyList<Tenant> tenants)
    {
        if (!Filtering.PassesFixed(pod, node)) return null;
        var room = new Room(pod, id, node, tenants);
        var order = new int[tenants.Count]; // of those of lower priority: a tenant is too big to be moved about
        var count = 0;
        for (var i = 0; i < tenants.Count; i++)
        {
            var tenant = tenants[i];
            if (!tenant.IsLeaving && tenant.Priority >= priority) continue;
            room.Leave(tenant);
            if (!tenant.IsLeaving) order[count++] = i;
        }
        if (!room.Fits) return null;
        Array.Sort(order, 0, count, new ByImportance(tenants));
        var violates = HaveBudgets(tenants, order.AsSpan(0, count)) ? Weigh(tenants, order.AsSpan(0, count)) : null;
        var stays = new bool[count];
        if (violates is not null) Reprieve(true);
        Reprieve(false);
        var victims = ImmutableArray.CreateBuilder<Tenant>(stays.AsSpan().Count(false)); // they are large
        var violations = 0;
        for (var i = 0; i < count; i++)
        {
            if (stays[i]) continue;
            victims.Add(tenants[order[i]]);
            if (violates?[i] == true) violations++;
        }
        var go = victims.MoveToImmutable();
        return new PreemptionPlan(go, Tenant.Cost(go, violations), room.Facts);

        void Reprieve(bool violating)
        {
            for (var i = 0; i < count; i++)
                if ((violates?[i] == true) == violating) stays[i] = room.MayStay(tenants[order[i]]);
        }
    }

    static bool HaveBudgets(IReadOnlyList<Tenant> tenants, ReadOnlySpan<int> order)
    {
        foreach (var at in order)
            if (tenants[at].Budgets.Length > 0) return true;
        return false;
    }

    /// <summary>Which of them, gone together, would be one too many for their budget: the most important use it up first.</summary>
    static bool[] Weigh(IReadOnlyList<Tenant> tenants, ReadOnlySpan<int> order)
    {
        var violates = new bool[order.Length];
        var left = new Dictionary<Budget, int>(ReferenceEqualityComparer.Instance); // never enumerated
        for (var i = 0; i < order.Length; i++)
            foreach (var budget in tenants[order[i]].Budgets)
            {
                if (!left.TryGetValue(budget, out var allowed)) allowed = budget.Status.DisruptionsAllowed;
                left[budget] = --allowed;
                violates[i] |= allowed < 0;
            }
        return violates;
    }

    sealed class ByImportance(IReadOnlyList<Tenant> tenants) : IComparer<int>
    {
        public int Compare(int a, int b) => Tenant.ByImportance(tenants[a], tenants[b]);
    }

    /// <summary>A node with tenants thought away and put back. It changes, and lives in one place.</summary>
    struct Room
    {
        readonly PodTemplate pod;
        readonly Departures? departures;
        readonly NodeFacts node;
        Resources free;
        int portsTaken;

        public Room(PodTemplate pod, NodeId id, in NodeFacts node, IReadOnlyList<Tenant> tenants)
        {
            this.pod = pod;
            free = node.Free;
            foreach (var port in pod.HostPorts)
                if (node.Taken?.Contains(port) == true) portsTaken += Math.Max(1, Holders(port, tenants));
            departures = node.Around.Rules is { IsHard: true } rules ? new Departures(id, rules, node.Labels) : null;
            this.node = node with { Taken = null, Around = node.Around with { Without = departures } };
        }

        public readonly NodeFacts Facts => node with { Free = free };

        /// <summary>The words of a refusal cost more than the look, so resources are looked at without.</summary>
        public readonly bool Fits => portsTaken == 0 && ResourceFilter.Fits(pod, free) && (departures is null || Filtering.PassesNeighbours(pod, node));

        public void Leave(in Tenant tenant) => Move(tenant, leaves: true);

        /// <summary>Puts it back if the pod fits beside it.</summary>
        public bool MayStay(in Tenant tenant)
        {
            Move(tenant, leaves: false);
            if (Fits) return true;
            Move(tenant, leaves: true);
            return false;
        }

        /// <summary>Two at a time, when one that is admitted already waits until the other is gone.</summary>
        static int Holders(HostPort port, IReadOnlyList<Tenant> tenants)
        {
            var holders = 0;
            for (var i = 0; i < tenants.Count; i++)
                if (tenants[i].Template.HostPorts.Contains(port)) holders++;
            return holders;
        }

        void Move(in Tenant tenant, bool leaves)
        {
            free = leaves ? free + tenant.Template.Requests : free - tenant.Template.Requests;
            if (pod.Device is not null && tenant is { Devices: { } grant, Template.Device: { } request })
                free = free with { Devices = leaves ? free.Devices.Give(grant, request.Milli) : free.Devices.Take(grant, request.Milli) };
            foreach (var port in pod.HostPorts)
                if (tenant.Template.HostPorts.Contains(port)) portsTaken += leaves ? -1 : 1;
            departures?.Count(tenant, leaves ? 1 : -1);
        }
    }
}
