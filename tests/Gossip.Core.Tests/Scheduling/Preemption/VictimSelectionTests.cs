using FsCheck.Xunit;
using Gossip.Core.Kinds;
using Gossip.Core.Primitives;
using Gossip.Core.Scheduling;
using Gossip.Core.Scheduling.Filters;
using Gossip.Core.Scheduling.Preemption;
using Gossip.Core.Tables;
using Gossip.Core.Templates;

namespace Gossip.Core.Tests.Scheduling.Preemption;

/// <summary>Names of the cases are those of kube-scheduler's documentation and of its own tests, where they have one.</summary>
public class VictimSelectionTests
{
    static readonly NodeId Here = NodeId.Of("n1");

    /// <summary>A tenant that asks for so much cpu; the later numbers were admitted later.</summary>
    static Tenant Pod(int number, long cpu, int priority, params ReadOnlySpan<Budget> budgets) => new(Some.Run(number), Sized(cpu), priority, new Stamp((ulong)number)) { Budgets = [.. budgets] };

    static PodTemplate Sized(long cpu) => Some.Template with { Requests = Some.Room(cpu) };

    static NodeFacts NodeWith(long cpu, IEnumerable<Tenant> tenants)
    {
        var all = Some.Room(cpu, 0, 100);
        return Some.Node with { Allocatable = all, Free = tenants.Aggregate(all, (free, tenant) => free - tenant.Template.Requests) };
    }

    static Budget Allows(int disruptions)
    {
        var budget = new Budget(new Uid(9, (ulong)disruptions + 1), new ObjectName(PodDisruptionBudgetKind.Kind, "default", "b"), DisruptionBudget.Read(path =>
            path == DisruptionBudget.MinAvailableField ? "1"u8.ToArray() : default)) { Expected = disruptions + 1, Healthy = disruptions + 1 };
        Assert.Equal(disruptions, budget.Status.DisruptionsAllowed);
        return budget;
    }

    static PreemptionPlan? Select(PodTemplate pod, int priority, long nodeCpu, params Tenant[] tenants) =>
        VictimSelection.Select(pod, priority, Here, NodeWith(nodeCpu, tenants), tenants);

    static int[] Victims(PreemptionPlan? plan) => [.. plan!.Victims.Select(victim => victim.Run.Pod.Ordinal)];

    [Fact]
    public void A_pod_that_fits_without_any_lower_pod_is_let_in_and_the_lower_pods_go() =>
        Assert.Equal([1, 2], Victims(Select(Sized(1000), 10, 1000, Pod(1, 500, 5), Pod(2, 500, 5))));

    [Fact]
    public void A_pod_that_would_not_fit_even_without_all_lower_pods_evicts_nobody() =>
        Assert.Null(Select(Sized(1000), 10, 1000, Pod(1, 500, 5), Pod(2, 100, 10), Pod(3, 400, 5)));

    [Fact]
    public void Pods_of_equal_or_greater_priority_are_never_victims() =>
        Assert.Null(Select(Sized(600), 10, 1000, Pod(1, 500, 10), Pod(2, 500, 11)));

    [Fact]
    public void As_few_as_possible_go_and_the_more_important_stay() =>
        Assert.Equal([3], Victims(Select(Sized(300), 10, 1000, Pod(1, 300, 7), Pod(2, 300, 6), Pod(3, 300, 5))));

    [Fact]
    public void Of_equal_priority_those_that_were_there_first_stay() =>
        Assert.Equal([3], Victims(Select(Sized(300), 10, 900, Pod(3, 300, 5), Pod(1, 300, 5), Pod(2, 300, 5))));

    [Fact]
    public void A_greater_pod_that_frees_enough_goes_where_the_lower_ones_cannot_stay_beside_the_newcomer() =>
        // 700 asked of 1000: the pod of 800 cannot stay, and once it is gone the two small ones may.
        Assert.Equal([1], Victims(Select(Sized(700), 10, 1000, Pod(1, 800, 9), Pod(2, 100, 1), Pod(3, 100, 1))));

    [Fact]
    public void Those_whose_budget_would_be_violated_are_reprieved_first_whatever_their_priority()
    {
        var none = Allows(0);
        var plan = Select(Sized(500), 10, 1000, Pod(1, 500, 9), Pod(2, 500, 1, none));
        Assert.Equal([1], Victims(plan));
        Assert.Equal(0, plan!.Cost.Violations);
    }

    [Fact]
    public void A_budget_is_violated_only_where_nothing_else_makes_room()
    {
        var none = Allows(0);
        var plan = Select(Sized(1000), 10, 1000, Pod(1, 500, 9), Pod(2, 500, 1, none));
        Assert.Equal([1, 2], Victims(plan));
        Assert.Equal(1, plan!.Cost.Violations);
    }

    [Fact]
    public void What_a_budget_allows_is_used_up_by_the_more_important_first()
    {
        var one = Allows(1);
        var plan = Select(Sized(1000), 10, 1000, Pod(1, 500, 9, one), Pod(2, 500, 1, one));
        Assert.Equal((2, 1), (plan!.Cost.Victims, plan.Cost.Violations));
    }

    [Fact]
    public void What_no_leaving_can_help_evicts_nobody()
    {
        Tenant[] tenants = [Pod(1, 500, 1)];
        Assert.Null(VictimSelection.Select(Sized(1000) with { NodeName = "n2" }, 10, Here, NodeWith(1000, tenants), tenants));
        Assert.Null(VictimSelection.Select(Sized(1000), 10, Here, NodeWith(1000, tenants) with { Unschedulable = true }, tenants));
    }

    [Fact]
    public void A_host_port_evicts_whom_has_it_and_nobody_else()
    {
        HostPort port = new(80, PortProtocol.Tcp), other = new(81, PortProtocol.Tcp);
        Tenant With(int number, int priority, HostPort taken) => Pod(number, 100, priority) with { Template = Sized(100) with { HostPorts = [taken] } };
        Tenant[] tenants = [With(1, 5, port), With(2, 1, other)];
        var pod = Sized(100) with { HostPorts = [port] };
        Assert.Equal([1], Victims(VictimSelection.Select(pod, 10, Here, NodeWith(1000, tenants) with { Taken = [port, other] }, tenants)));
        tenants[0] = tenants[0] with { Priority = 10 };
        Assert.Null(VictimSelection.Select(pod, 10, Here, NodeWith(1000, tenants) with { Taken = [port, other] }, tenants));
    }

    [Fact]
    public void A_share_of_a_device_evicts_from_one_device_not_from_several()
    {
        DeviceRequest Share(int milli) => new("gpu", 1, milli, []);
        Tenant On(int number, int device, int milli) => Pod(number, 0, 5) with { Template = Sized(0) with { Device = Share(milli) }, Devices = new DeviceGrant(0, 1UL << device) };
        Tenant[] tenants = [On(1, 0, 600), On(2, 1, 600), On(3, 1, 300)];
        var devices = Devices.WholeOnes("gpu", "T4", 2);
        foreach (var tenant in tenants) devices = devices.Take(tenant.Devices!.Value, tenant.Template.Device!.Milli);
        var node = Some.Node with { Free = Some.Room(1000, 1000, 10) with { Devices = devices } };
        Assert.Empty(VictimSelection.Select(Sized(0) with { Device = Share(400) }, 10, Here, node, tenants)!.Victims);
        Assert.Equal([2, 3], Victims(VictimSelection.Select(Sized(0) with { Device = Share(1000) }, 10, Here, node, tenants)));
        // 500 would fit on either device once its pod of 600 went: the one who was there first stays.
        Assert.Equal([2], Victims(VictimSelection.Select(Sized(0) with { Device = Share(500) }, 10, Here, node, tenants)));
    }

    [Fact]
    public void The_room_of_those_who_leave_anyway_costs_nobody_anything()
    {
        var plan = Select(Sized(500), 10, 1000, Pod(1, 500, 99) with { IsLeaving = true }, Pod(2, 500, 1));
        Assert.Empty(plan!.Victims);
        Assert.Equal(PreemptionCost.None, plan.Cost);
    }

    public static TheoryData<string, PreemptionCost, PreemptionCost> Orders()
    {
        var cost = new PreemptionCost(1, 100, 1000, 3, new Stamp(50));
        return new()
        {
            { "fewer violations", cost with { Violations = 0, Greatest = 999 }, cost },
            { "lower greatest victim", cost with { Greatest = 99, Sum = 9999 }, cost },
            { "smaller sum", cost with { Sum = 999, Victims = 9 }, cost },
            { "fewer victims", cost with { Victims = 2, Since = new Stamp(1) }, cost },
            { "greatest victims admitted later", cost with { Since = new Stamp(51) }, cost },
        };
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public void The_better_bid_is_the_one_with(string what, PreemptionCost better, PreemptionCost worse)
    {
        Assert.True(better.CompareTo(worse) < 0, what);
        Assert.True(worse.CompareTo(better) > 0, what);
        Assert.True(BidOrder.Compare(Some.Run(1), new NodeId(1), 0, better, new NodeId(2), 1000, worse) > 0, what);
        Assert.True(BidOrder.Compare(Some.Run(1), new NodeId(1), 0, null, new NodeId(2), 1000, better) > 0, "no victims at all");
    }

    [Fact]
    public void A_victim_of_negative_priority_still_makes_the_sum_greater() =>
        Assert.True(Tenant.Cost([Pod(1, 1, -5)], 0).CompareTo(Tenant.Cost([Pod(1, 1, -5), Pod(2, 1, -6)], 0)) < 0);

    /// <summary>The laws, whatever is on the node: it fits afterwards, nobody goes in vain, nobody of equal priority goes, order of tenants plays no part.</summary>
    [Property(MaxTest = 300)]
    public void Victims_are_lower_enough_and_none_too_many(ulong seed)
    {
        var random = new RandomStream(seed);
        var tenants = Enumerable.Range(1, 1 + random.Below(20)).Select(i => Pod(i, 50 + random.Below(300), random.Below(6)) with { IsLeaving = random.Chance(0.1) }).ToArray();
        var cpu = tenants.Sum(tenant => tenant.Template.Requests.Cpu.Value) + random.Below(100);
        var (pod, priority) = (Sized(100 + random.Below(1000)), random.Below(7));
        var plan = Select(pod, priority, cpu, tenants);
        var free = NodeWith(cpu, tenants).Free;
        var reachable = tenants.Where(tenant => tenant.IsLeaving || tenant.Priority < priority).Aggregate(free, (sum, tenant) => sum + tenant.Template.Requests);
        Assert.Equal(ResourceFilter.Fits(pod, reachable), plan is not null);
        if (plan is null) return;
        Assert.All(plan.Victims, victim => Assert.True(victim.Priority < priority && !victim.IsLeaving));
        Assert.True(ResourceFilter.Fits(pod, plan.After.Free));
        Assert.All(plan.Victims, victim => Assert.False(ResourceFilter.Fits(pod, plan.After.Free - victim.Template.Requests)));
        Assert.Equal(plan.Victims.Length, plan.Cost.Victims);
        var turned = VictimSelection.Select(pod, priority, Here, NodeWith(cpu, tenants), [.. tenants.Reverse()])!;
        Assert.Equal(plan.Victims.Select(victim => victim.Run), turned.Victims.Select(victim => victim.Run));
    }
}
