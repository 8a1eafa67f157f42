using System.Collections.Immutable;
using Gossip.Core.Disruption;
using Gossip.Core.Model;
using Gossip.Core.Scheduling.Filters;

namespace Gossip.Core.Scheduling.Preemption;

/// <param name="Victims">Who must go, the most important first.</param>
/// <param name="After">The node as it will be without them and those that leave already, before the pod comes.</param>
public sealed record PreemptionPlan(ImmutableArray<Tenant> Victims, PreemptionCost Cost, NodeFacts After);

/// <summary>
/// Who must leave a node so that a pod of greater priority fits. All of lower priority are thought away; if it fits then, as
/// many as possible may stay, those first whose budget would be violated, then the more important: so the victims are few
/// and low, in one pass over the pods in order. Pure. (Source: kube-scheduler's default preemption, SelectVictimsOnNode.)
/// </summary>
public static class VictimSelection
{
    /// <returns>Null when it would not fit even alone with those of its priority or more. A plan without victims waits for those that leave already.</returns>
    /// <param name="node">As it is now, with all its tenants.</param>
    public static PreemptionPlan? Select(PodTemplate pod, int priority, NodeId id, in NodeFacts node, IReadOnlyList<Tenant> tenants)
    {
        if (!Filtering.PassesFixed(pod, node)) return null;
        var room = new Room(pod, id, node);
        var lower = new List<Tenant>();
        foreach (var tenant in tenants)
        {
            if (!tenant.IsLeaving && tenant.Priority >= priority) continue;
            room.Leave(tenant);
            if (!tenant.IsLeaving) lower.Add(tenant);
        }
        if (!room.Fits) return null;
        lower.Sort(Tenant.ByImportance);
        var violates = new bool[lower.Count];
        var stays = new bool[lower.Count];
        if (HaveBudgets(lower)) Weigh(lower, violates);
        foreach (var violating in (ReadOnlySpan<bool>)[true, false])
            for (var i = 0; i < lower.Count; i++)
                if (violates[i] == violating) stays[i] = room.MayStay(lower[i]);
        var victims = ImmutableArray.CreateBuilder<Tenant>();
        var cost = PreemptionCost.None;
        for (var i = 0; i < lower.Count; i++)
        {
            if (stays[i]) continue;
            victims.Add(lower[i]);
            cost = cost.With(lower[i], violates[i]);
        }
        return new PreemptionPlan(victims.DrainToImmutable(), cost, room.Facts);
    }

    static bool HaveBudgets(List<Tenant> tenants)
    {
        foreach (var tenant in tenants)
            if (tenant.Budgets.Length > 0) return true;
        return false;
    }

    /// <summary>Which of them, gone together, would be one too many for their budget: the most important use it up first.</summary>
    static void Weigh(List<Tenant> lower, bool[] violates)
    {
        var left = new Dictionary<Budget, int>(ReferenceEqualityComparer.Instance); // never enumerated
        for (var i = 0; i < lower.Count; i++)
            foreach (var budget in lower[i].Budgets)
            {
                if (!left.TryGetValue(budget, out var allowed)) allowed = budget.Status.DisruptionsAllowed;
                left[budget] = --allowed;
                violates[i] |= allowed < 0;
            }
    }

    /// <summary>A node with tenants thought away and put back.</summary>
    sealed class Room
    {
        readonly PodTemplate pod;
        readonly Departures? departures;
        NodeFacts facts;
        int portsTaken;

        public Room(PodTemplate pod, NodeId id, in NodeFacts node)
        {
            this.pod = pod;
            foreach (var port in pod.HostPorts)
                if (node.Taken?.Contains(port) == true) portsTaken++;
            departures = node.Around.Rules is { IsHard: true } rules ? new Departures(id, rules, node.Labels) : null;
            facts = node with { Taken = null, Around = node.Around with { Without = departures } };
        }

        public NodeFacts Facts => facts;

        public bool Fits => portsTaken == 0 && Filtering.PassesMovable(pod, facts);

        public void Leave(in Tenant tenant) => Move(tenant, leaves: true);

        /// <summary>Puts it back if the pod fits beside it.</summary>
        public bool MayStay(in Tenant tenant)
        {
            Move(tenant, leaves: false);
            if (Fits) return true;
            Move(tenant, leaves: true);
            return false;
        }

        void Move(in Tenant tenant, bool leaves)
        {
            var free = leaves ? facts.Free.GivenBack(tenant.Template.Requests) : facts.Free - tenant.Template.Requests;
            if (pod.Device is not null && tenant is { Devices: { } grant, Template.Device: { } request })
                free = free with { Devices = leaves ? free.Devices.Give(grant, request.Milli) : free.Devices.Take(grant, request.Milli) };
            facts = facts with { Free = free };
            foreach (var port in pod.HostPorts)
                if (tenant.Template.HostPorts.Contains(port)) portsTaken += leaves ? -1 : 1;
            departures?.Count(tenant, leaves ? 1 : -1);
        }
    }
}
