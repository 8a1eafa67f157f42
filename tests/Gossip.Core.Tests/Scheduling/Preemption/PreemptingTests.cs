using Gossip.Core.Kinds;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Scheduling;
using Gossip.Core.Tables;

namespace Gossip.Core.Tests.Scheduling.Preemption;

/// <summary>A full node of 4 cores is asked to take a pod of greater priority; and an auctioneer whose pod fits nowhere asks.</summary>
public class PreemptingTests
{
    static string Template(string cpu) =>
        """{"metadata":{"labels":{"app":"web"}},"spec":{"runtimeClassName":"process","terminationGracePeriodSeconds":7,"containers":[{"name":"web","command":["web"],"resources":{"requests":{"cpu":"CPU","memory":"64Mi"} } }]}}""".Replace("CPU", cpu);

    static void Class(TestNode desk, string name, int value, bool isDefault = false) =>
        desk.Create(
            new ObjectName(PriorityClassKind.Kind, "", name), ("value", $"{value}"), ("globalDefault", isDefault ? "true" : "false"));

    static PodRun High(TestNode desk, string cpu = "3", string more = "")
    {
        Class(desk, "high", 1000);
        var uid = desk.Create(new ObjectName("Pod", "default", "high"),
            ("spec.containers", """[{"name":"web","command":["web"],"resources":{"requests":{"cpu":"CPU"} } }]""".Replace("CPU", cpu)),
            ("spec.runtimeClassName", "\"process\""), ("spec.priorityClassName", "\"high\""), ("spec.preemptionPolicy", more.Length == 0 ? "\"PreemptLowerPriority\"" : more));
        var slot = desk.Slots.Slots.Single(slot => slot.Id.Workload == uid);
        return new PodRun(slot.Id, slot.NextEpoch);
    }

    /// <summary>A node where a pod of priority 0 and 3 cores runs.</summary>
    static TestNode Full()
    {
        var desk = new TestNode(rank: 3, template: Template("3")).Start().Sync();
        desk.RunHere();
        desk.Said.Clear();
        desk.Commands.Clear();
        return desk;
    }

    static Bid BidFor(TestNode desk, PodRun run, bool mayEvict = true)
    {
        desk.Hear(desk.Ring[0], new Ask(50, run, mayEvict));
        return Assert.Single(desk.Take<Bid>(), bid => bid.Message.Run == run).Message;
    }

    [Fact]
    public void Nobody_is_evicted_by_an_ordinary_ask()
    {
        var desk = Full();
        desk.Hear(desk.Ring[0], new Ask(50, High(desk)));
        Assert.Contains("3000m cpu", Assert.Single(desk.Take<Refusal>()).Message.Why);
    }

    [Fact]
    public void A_refusal_of_an_ask_to_evict_says_that_it_was_thought_of()
    {
        var desk = Full();
        desk.Hear(desk.Ring[0], new Ask(50, High(desk, cpu: "5"), MayEvict: true));
        Assert.EndsWith("; evicting pods of lower priority would not help", Assert.Single(desk.Take<Refusal>()).Message.Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("web", false)]
    [InlineData("db", true)]
    public void Who_serves_what_the_newcomer_depends_on_is_not_evicted_for_it(string served, bool isEvicted)
    {
        var desk = Full();
        Class(desk, "high", 1000);
        desk.Create(new ObjectName("Service", "default", "needed"), ("spec.selector", $$"""{"app":"{{served}}"}"""));
        var uid = desk.Create(new ObjectName("Pod", "default", "high"), ("spec.containers", """[{"name":"web","command":["web"],"resources":{"requests":{"cpu":"3"} } }]"""),
            ("metadata.annotations", """{"gossip.dev/depends-on":"svc/needed"}"""), ("spec.runtimeClassName", "\"process\""), ("spec.priorityClassName", "\"high\""));
        desk.Hear(desk.Ring[0], new Ask(50, new PodRun(desk.Slots.Slots.Single(slot => slot.Id.Workload == uid).Id, Epoch.First), MayEvict: true));
        Assert.Equal(isEvicted, desk.Take<Bid>().Any(bid => bid.Message.Evicts is not null));
    }

    [Fact]
    public void What_only_reservations_keep_out_waits_for_their_end_instead_of_evicting()
    {
        var desk = new TestNode(rank: 3, template: Template("3")).Start().Sync();
        var run = High(desk);
        desk.Hear(desk.Ring[0], new Ask(1, desk.Run)); // a bid, and no pod yet
        desk.Hear(desk.Ring[1], new Ask(50, run, MayEvict: true));
        var refusal = Assert.Single(desk.Take<Refusal>()).Message;
        Assert.InRange(refusal.AskAgainAfterMilliseconds, 1, 1000);
    }

    [Theory]
    [InlineData("newcomer")]
    [InlineData("tenant")]
    public void Anti_affinity_to_lower_pods_of_the_node_evicts_them_whoever_has_the_rule(string who)
    {
        const string Rule = """{"podAntiAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{"topologyKey":"kubernetes.io/hostname","labelSelector":{"matchLabels":{"app":"web"}}}]}}""";
        var desk = new TestNode(rank: 3, template: who == "tenant" ? Template("1").Replace("\"runtimeClassName\"", $"\"affinity\":{Rule},\"runtimeClassName\"") : Template("1")).Start().Sync();
        desk.RunHere();
        Class(desk, "high", 1000);
        var uid = desk.Create(new ObjectName("Pod", "default", "high"), ("spec.containers", """[{"name":"web","command":["web"]}]"""), ("metadata.labels", """{"app":"web"}"""),
            ("spec.runtimeClassName", "\"process\""), ("spec.priorityClassName", "\"high\""), ("spec.affinity", who == "newcomer" ? Rule : "{}"));
        var run = new PodRun(desk.Slots.Slots.Single(slot => slot.Id.Workload == uid).Id, new Epoch(1));
        desk.Hear(desk.Ring[0], new Ask(49, run));
        Assert.Contains("share", Assert.Single(desk.Take<Refusal>()).Message.Why, StringComparison.Ordinal);
        Assert.Equal(1, BidFor(desk, run).Evicts!.Victims);
        desk.Hear(desk.Ring[0], new Award(50, run, default));
        Assert.True(desk.Own.Status.Draining);
        var victim = desk.Own.Run;
        desk.Pass(5000); // the newcomer came later, but it is not the one that makes way
        desk.Report(new PodStopped(victim));
        Assert.Equal(run, desk.Did<PreparePod>().Pod);
    }

    [Fact]
    public void Anti_affinity_to_a_pod_of_another_node_in_the_zone_evicts_nobody()
    {
        const string Rule = """{"podAntiAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{"topologyKey":"zone","labelSelector":{"matchLabels":{"app":"web"}}}]}}""";
        var desk = new TestNode(rank: 3, replicas: 2, template: Template("1")).Start().Sync();
        foreach (var node in desk.Ring) desk.Change(node, member => member with { Card = member.Card with { Labels = Labels.Of(("zone", "a")) } });
        desk.RunHere();
        desk.Admit(desk.Others[1], 1, ready: true, pod: desk.Pods[1]);
        Class(desk, "high", 1000);
        var uid = desk.Create(new ObjectName("Pod", "default", "high"), ("spec.containers", """[{"name":"web","command":["web"]}]"""),
            ("spec.runtimeClassName", "\"process\""), ("spec.priorityClassName", "\"high\""), ("spec.affinity", Rule));
        desk.Hear(desk.Ring[0], new Ask(50, new PodRun(desk.Slots.Slots.Single(slot => slot.Id.Workload == uid).Id, new Epoch(1)), MayEvict: true));
        Assert.Contains("zone", Assert.Single(desk.Take<Refusal>()).Message.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bid_names_its_cost_and_holds_nothing()
    {
        var desk = Full();
        var before = desk.Room.Books.Free;
        var bid = BidFor(desk, High(desk));
        Assert.Equal((0, 0, 1), (bid.Evicts!.Violations, bid.Evicts.Greatest, bid.Evicts.Victims));
        Assert.Equal("evicts 1 pod of priority 0", bid.Evicts?.ToString());
        Assert.Equal(before, desk.Room.Books.Free);
        Assert.Empty(desk.Commands);
    }

    [Fact]
    public void The_log_has_the_victims_end_before_the_admission_that_needs_its_room()
    {
        var desk = Full();
        var victim = desk.Own.Uid;
        var run = High(desk);
        BidFor(desk, run);
        var before = desk.Tables.History.Count;
        desk.Hear(desk.Ring[0], new Award(50, run, new Victory(9, 2)));
        var written = desk.Tables.History.Skip(before).Select(change => change.Uid).ToList();
        var admission = Assert.Single(desk.Slots.Find(run.Pod)!.Admissions).Uid;
        Assert.InRange(written.IndexOf(victim), 0, written.IndexOf(admission) - 1);
    }

    [Fact]
    public void An_award_ends_the_victim_gracefully_and_the_newcomer_starts_when_nothing_is_left_of_it()
    {
        var desk = Full();
        var victim = desk.Own.Run;
        var run = High(desk);
        BidFor(desk, run);
        desk.Hear(desk.Ring[0], new Award(50, run, new Victory(9, 2)));
        Assert.True(Assert.Single(desk.Take<Verdict>()).Message.Admitted);
        var stop = Assert.IsType<StopPod>(Assert.Single(desk.Commands));
        Assert.Equal((victim, TimeSpan.FromSeconds(7)), (stop.Pod, stop.Grace));
        Assert.Equal(("Preempted", "by default/high of priority 1000, which fits nowhere else"), (desk.Own.Status.Reason, desk.Own.Status.Message));
        Assert.True(desk.Own.Status.Draining);
        var admission = Assert.Single(desk.Slots.Find(run.Pod)!.Admissions);
        Assert.Equal(1000, admission.Priority);
        Assert.StartsWith("won with 9 over 2 other bids, evicting web-", admission.Birth.Winner, StringComparison.Ordinal);
        Assert.True(desk.Room.Books.Free.Cpu.Value < 0, "both count until one is gone");
        Assert.Equal("WaitingForRoom", Assert.Single(admission.Status.Containers).Reason);
        desk.Commands.Clear();

        desk.Report(new PodStopped(victim));

        Assert.Equal(run, Assert.IsType<PreparePod>(Assert.Single(desk.Commands)).Pod);
        Assert.Equal(1000, desk.Room.Books.Free.Cpu.Value);
        Assert.Empty(desk.Admissions); // the victim's, which is auctioned as any other
    }

    [Fact]
    public void The_freed_room_is_nobody_elses()
    {
        var desk = Full();
        var run = High(desk);
        BidFor(desk, run);
        desk.Hear(desk.Ring[0], new Award(50, run, default));
        desk.Report(new PodStopped(desk.Own.Run));
        desk.Take<Refusal>();
        desk.Hear(desk.Ring[0], new Ask(51, desk.Run));
        Assert.Contains("1000m free", Assert.Single(desk.Take<Refusal>()).Message.Why);
    }

    [Fact]
    public void A_newcomer_that_is_deleted_meanwhile_leaves_the_room_free()
    {
        var desk = Full();
        var victim = desk.Own.Run;
        var run = High(desk);
        BidFor(desk, run);
        desk.Hear(desk.Ring[0], new Award(50, run, default));
        desk.Write(run.Pod.Workload, Fields.Deleting, "0");
        desk.Report(new PodStopped(victim));
        Assert.Equal(desk.Room.Books.Allocatable, desk.Room.Books.Free);
        Assert.DoesNotContain(desk.Commands, command => command is PreparePod);
    }

    [Fact]
    public void An_award_that_would_cost_more_by_now_is_refused()
    {
        var desk = Full();
        var run = High(desk, cpu: "1500m");
        BidFor(desk, run);
        Class(desk, "middle", 500);
        desk.Report(new PodStopped(desk.Own.Run)); // whom it bid to evict is gone, and one of greater priority has the place
        var middle = Bare(desk, "middle", "middle");
        desk.Hear(desk.Ring[1], new Ask(70, new PodRun(middle, new Epoch(1))));
        desk.Hear(desk.Ring[1], new Award(70, new PodRun(middle, new Epoch(1)), default));
        Assert.True(Assert.Single(desk.Take<Verdict>()).Message.Admitted);
        desk.Hear(desk.Ring[0], new Award(50, run, default));
        Assert.Equal("would cost more than it bid: evicts 1 pod of priority 500", Assert.Single(desk.Take<Verdict>()).Message.Why);
        Assert.DoesNotContain(desk.Slots.Find(middle)!.Admissions, admission => admission.Status.Draining);
    }

    [Fact]
    public void A_pod_that_may_not_preempt_and_one_of_no_greater_priority_are_refused()
    {
        var desk = Full();
        desk.Hear(desk.Ring[0], new Ask(50, High(desk, more: "\"Never\""), MayEvict: true));
        Assert.Single(desk.Take<Refusal>());

        desk = new TestNode(rank: 3, template: Template("3")).Start().Sync();
        Class(desk, "usual", 1000, isDefault: true);
        desk.RunHere();
        desk.Hear(desk.Ring[0], new Ask(50, High(desk), MayEvict: true));
        Assert.Single(desk.Take<Refusal>());
    }

    [Fact]
    public void A_victim_that_is_ending_is_not_evicted_again_and_its_room_is_waited_for()
    {
        var desk = Full();
        var run = High(desk);
        desk.Write(desk.Workload, Fields.Deleting, "7");
        desk.Commands.Clear();
        var bid = BidFor(desk, run);
        Assert.Equal(0, bid.Evicts!.Victims);
        desk.Hear(desk.Ring[0], new Award(50, run, default));
        Assert.Empty(desk.Commands);
        Assert.True(desk.Room.IsAwaited(run));
    }

    [Fact]
    public void Evicting_is_asked_for_after_a_round_that_found_nobody_and_of_nodes_with_lower_pods()
    {
        var desk = new TestNode(template: Template("3").Replace("\"runtimeClassName\"", "\"priorityClassName\":\"high\",\"runtimeClassName\"")).Start();
        foreach (var node in desk.Ring) desk.Change(node, member => member with { Capacity = member.Capacity with { Version = 2, Free = Some.Room(1000, 4096, 9) } });
        var low = Enumerable.Range(0, 2).Select(i => Bare(desk, $"low-{i}", "")).ToArray();
        for (var i = 0; i < low.Length; i++) desk.Admit(desk.Others[i], 1, ready: true, pod: low[i]);
        desk.Said.Clear();
        Class(desk, "high", 1000); // now it may be called
        Assert.Empty(Asks(desk)); // nobody looks as if it had room, so in the first round nobody is asked
        desk.Pass(500);
        var second = Asks(desk);
        Assert.Equal(desk.Others[..2].Order(), second.Select(ask => ask.To).Order());
        Assert.All(second, ask => Assert.True(ask.Message.MayEvict));

        var cost = new PreemptionCost(0, 0, 1L << 31, 1, new Stamp(5));
        desk.Hear(desk.Others[0], new Bid(second[0].Message.Auction, desk.Run, 900, "", cost with { Victims = 2, Sum = 1L << 32 }));
        desk.Hear(desk.Others[1], new Bid(second[0].Message.Auction, desk.Run, 100, "", cost));
        var award = Assert.Single(desk.Take<Award>());
        Assert.Equal((desk.Others[1], "fitted nowhere, won with 100 over 1 other bids"), (award.To, award.Message.Won.ToString()));
        Assert.Equal([], desk.Slots.Find(desk.Pods[0])!.Admissions.Select(admission => admission.Node));
    }

    static (NodeId To, Ask Message)[] Asks(TestNode desk) => [.. desk.Take<Ask>().Where(ask => ask.Message.Run == desk.Run)];

    [Fact]
    public void The_greater_priority_is_called_first_when_several_are_due()
    {
        var desk = new TestNode(replicas: 8).Start();
        Class(desk, "high", 1000); // four auctions are under way, four are due
        var high = Enumerable.Range(0, 30).Select(i => Bare(desk, $"high-{i}", "high")).Where(pod => IsFirst(desk, pod)).ToArray();
        Assert.NotEmpty(high);
        desk.Pass(desk.Timings.AuctionWindow * 4);
        var called = desk.Take<Ask>().Select(ask => ask.Message.Run.Pod).Distinct().ToArray();
        Assert.Equal([.. desk.Pods.Take(4).Order()], called.Take(4).Order());
        Assert.Contains(called[4], high);
    }

    static bool IsFirst(TestNode desk, PodId pod) => desk.Ring.MinBy(node => Chunk.Distance(Chunk.PointOf(pod), node)) == desk.Self;

    static PodId Bare(TestNode desk, string name, string priorityClass)
    {
        var uid = desk.Create(new ObjectName("Pod", "default", name), ("spec.containers", """[{"name":"web","command":["web"],"resources":{"requests":{"cpu":"3"} } }]"""),
            ("spec.runtimeClassName", "\"process\""), ("spec.priorityClassName", $"\"{priorityClass}\""));
        return desk.Slots.Slots.Single(slot => slot.Id.Workload == uid).Id;
    }
}
