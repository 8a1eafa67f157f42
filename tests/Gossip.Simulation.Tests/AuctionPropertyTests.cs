using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Gossip.Simulation.Runs;
using Gossip.Simulation.Scenarios;

namespace Gossip.Simulation.Tests;

/// <summary>
/// A1 to A9 with every rule of placement mixed at random. Every run watches every law; what differs is the trouble that tries
/// the one in the name. The cases are the same each time: <c>gossip sim --any-rules --nodes 6 --pods 14 --seeds 1000</c> looks at others.
/// </summary>
public class AuctionPropertyTests
{
    const int Few = 5;
    const string Cases = "4711,815";

    /// <summary>A cluster by its sizes, which shrink, and a number from which all else follows.</summary>
    public sealed record AnyCluster(int Nodes, int Workloads, int Number)
    {
        internal RulesScenario Rests(Trouble trouble)
        {
            var scenario = new RulesScenario(Nodes, Workloads, RulesScenario.SeedOf(Number, trouble));
            scenario.Run();
            Assert.Empty(scenario.World.Violations);
            return scenario;
        }
    }

    public static class Clusters
    {
        public static Arbitrary<AnyCluster> Any() => Arb.From(
            from nodes in Gen.Choose(4, 8)
            from workloads in Gen.Choose(8, 16)
            from number in Gen.Choose(1, int.MaxValue)
            select new AnyCluster(nodes, workloads, number), Smaller);

        static IEnumerable<AnyCluster> Smaller(AnyCluster than)
        {
            foreach (var by in (int[])[than.Workloads / 2, than.Workloads / 4, 1])
                if (by > 0 && than.Workloads > by) yield return than with { Workloads = than.Workloads - by };
            if (than.Nodes > 2) yield return than with { Nodes = than.Nodes - 1 };
        }
    }

    [Property(Arbitrary = [typeof(Clusters)], MaxTest = Few, Replay = Cases)]
    public void A1_no_node_overcommits_where_all_want_more_than_there_is(AnyCluster cluster) =>
        (cluster with { Nodes = 4, Workloads = 24 }).Rests(Trouble.None);

    [Property(Arbitrary = [typeof(Clusters)], MaxTest = Few, Replay = Cases)]
    public void A2_whatever_is_lost_doubled_or_overtaken_the_same_bids_have_the_same_winner(AnyCluster cluster) =>
        cluster.Rests(Trouble.Loss);

    [Property(Arbitrary = [typeof(Clusters)], MaxTest = Few, Replay = Cases)]
    public void A3_what_some_node_could_take_is_placed(AnyCluster cluster) => cluster.Rests(Trouble.None);

    [Property(Arbitrary = [typeof(Clusters)], MaxTest = Few, Replay = Cases)]
    public void A4_A9_each_side_of_a_partition_has_a_copy_and_the_healed_cluster_one_with_an_address_of_its_own(AnyCluster cluster) =>
        cluster.Rests(Trouble.Partition);

    [Property(Arbitrary = [typeof(Clusters)], MaxTest = Few, Replay = Cases)]
    public void A5_every_node_can_say_why_a_pod_waits(AnyCluster cluster)
    {
        var world = (cluster with { Nodes = 4, Workloads = 20 }).Rests(Trouble.None).World;
        foreach (var node in world.Nodes) Assert.Null(RulesState.WhyUnexplained(world, node));
    }

    /// <summary>Asks, answers, releases, and news of the pod for those who lack it: five messages for each of a round's width, and the award. Some need a second round.</summary>
    [Property(Arbitrary = [typeof(Clusters)], MaxTest = Few, Replay = Cases)]
    public void A6_what_it_takes_to_place_a_pod_does_not_grow_with_the_cluster(AnyCluster cluster)
    {
        foreach (var (nodes, width) in new[] { (8, 4), (32, 5) })
        {
            var placed = (cluster with { Nodes = nodes }).Rests(Trouble.None).Cost.Placed;
            if (placed.Count > 0) Assert.InRange(placed.Average(), 3, 2 * (5 * width + 2));
        }
    }

    [Property(Arbitrary = [typeof(Clusters)], MaxTest = Few, Replay = Cases)]
    public void A7_A8_after_a_crash_nothing_is_held_any_more_and_no_two_pods_drive_each_other_out(AnyCluster cluster) =>
        cluster.Rests(Trouble.Crash);

    /// <summary>Budgets hold for moves, too: every run watches D1.</summary>
    [Property(Arbitrary = [typeof(Clusters)], MaxTest = Few, Replay = "815,4711")]
    public void D1_D2_pods_that_may_move_to_a_node_that_is_back_do_so_within_their_budgets_and_come_to_rest(AnyCluster cluster) =>
        cluster.Rests(Trouble.Crash);

    /// <summary>
    /// Clusters that broke a law once: two pods on one host port, capacity told wrong for good, a node not asked again for that, and one
    /// never asked; devices forgotten with the power; pods that moved to and fro, since whom they were to move to refused them; gangs that
    /// were lost whole and started by what a node that was just back had told before; a bid that a gang held on to,
    /// with less than no room left behind a pod that had others evicted; and a pod counted where it was awarded and where its auctioneer had bid for it.
    /// </summary>
    [Theory, InlineData(6, 24, 21UL), InlineData(6, 14, 107UL), InlineData(6, 14, 194UL), InlineData(7, 22, 2042UL)]
    [InlineData(7, 22, 3UL), InlineData(6, 14, 2UL), InlineData(6, 14, 27UL)]
    [InlineData(5, 40, 78UL), InlineData(5, 40, 135UL), InlineData(6, 29, 1107UL), InlineData(4, 23, 5557UL), InlineData(3, 8, 5201UL)]
    [InlineData(5, 21, 5190UL), InlineData(9, 16, 5938UL), InlineData(6, 33, 11066UL), InlineData(6, 16, 11662UL)]
    public void What_was_found_once_stays_away(int nodes, int workloads, ulong seed)
    {
        var scenario = new RulesScenario(nodes, workloads, seed);
        scenario.Run();
        Assert.Empty(scenario.World.Violations);
    }

    /// <summary>Without these the laws would have had little to hold for.</summary>
    static readonly string[] MustHappen =
    [
        .. RulesState.RulesThatPlacedPodsHave.Select(RulesState.IsPlacedWith),
        "several nodes bid", "a bidder refuses", "a pod is evicted for one of greater priority", "a pod makes way for an earlier one", "a gang is awarded at once",
        "a second copy is drained", "a singleton runs", "a node is drained", "a node is tainted", "a pod is evicted", "a machine is lost with its pods",
        "a pod survives its node's process", "the network splits", "a pod moves to even out the load",
    ];

    [Fact]
    public void Pods_with_every_rule_find_places_and_the_rare_paths_run()
    {
        var report = SimulationRun.Run(new SimOptions(Nodes: 6, Pods: 14, Seeds: 40, Parallelism: 2) { AnyRules = true });
        Assert.Empty(report.Violations);
        Assert.DoesNotContain(MustHappen, what => report.Sometimes.GetValueOrDefault(what) == 0);
    }
}
