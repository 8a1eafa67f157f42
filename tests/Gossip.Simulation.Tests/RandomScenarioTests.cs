using Gossip.Simulation.Runs;

namespace Gossip.Simulation.Tests;

public class RandomScenarioTests
{
    /// <summary>Without these the checkers would have had little to check.</summary>
    static readonly string[] MustHappen =
    [
        "a bidder refuses", "a container exits", "a datagram arrives twice", "a datagram hits a partition", "a datagram is lost",
        "a datagram straggles", "a disk is lost", "a machine is lost for good", "a machine is lost with its pods", "a member is buried",
        "a node is deaf or mute", "a pod cannot be prepared", "a pod survives its node's process", "a process is killed",
        "a process is paused", "a process stops cleanly", "a row is removed", "a second copy is drained", "a store is compacted",
        "a stream finds nobody", "a stream is refused", "a suspicion is refuted", "a torn record is cut off", "a user deletes",
        "a user edits", "a user scales", "a wall clock is stepped", "an ask or award of an older epoch arrives", "several nodes bid",
        "the network splits", "unsynced bytes are lost", "a pod is evicted for one of greater priority",
        "Liveness fails", "PostStart fails", "Readiness fails", "Startup fails", "PreStop passes", "a container cannot be started",
        "a container is stopped and its pod is not", "a container runs again after ContainerStatusUnknown", "a container runs again after DependencyLost",
        "a node starts while its engine is gone", "a pod has failed for good", "a pod has succeeded for good",
        "a pod is found again when its engine returns", "a status tells CrashLoopBackOff", "a status tells ImagePullBackOff",
        "a status tells WaitingForDependencies", "an engine is lost",
        "a node is drained", "a node is tainted", "a pod is evicted", "a budget forbids an eviction",
        "a gang is awarded at once", "a gang's pod starts",
        "a create is acknowledged", "an edit is acknowledged", "a delete is acknowledged", "all machines lose power at once",
        "an fsync fails", "a disk is full", "a disk has room again", "two parts reach only a third",
        "a singleton runs", "a lease runs out before its pod is stopped",
    ];

    [Fact]
    public void Thirty_clusters_survive_whatever_their_seeds_draw_and_the_rare_paths_ran()
    {
        var report = SimulationRun.Run(new SimOptions(Nodes: 10, Pods: 40, Seeds: 30, Parallelism: 2));
        Assert.Empty(report.Violations);
        Assert.DoesNotContain(MustHappen, what => report.Sometimes.GetValueOrDefault(what) == 0);
    }

    /// <summary>
    /// One that must be apart from others, with only a full node left for it; gangs that were lost whole with the power; and a pod that had
    /// that one evicted which it depends on, and waited for it.
    /// </summary>
    [Theory, InlineData(1015UL), InlineData(1123UL), InlineData(2172UL)]
    public void What_was_found_once_stays_away(ulong seed) => Assert.Empty(SimulationRun.Run(new SimOptions(Nodes: 8, Pods: 30, Seeds: 1, FirstSeed: seed)).Violations);

    /// <summary>
    /// A survivor that was stopped while it was admitted again: its row stayed for ever. And an auctioneer that had forgotten an epoch, and
    /// asked for it in vain for ever. And a survivor that waited for what it depends on, and stayed beside the one that had replaced it, which
    /// waited as well. And a grace that ended while a second admission stood: the view showed the first for ever.
    /// </summary>
    [Theory, InlineData(10, 40, 900024UL), InlineData(10, 40, 4083UL), InlineData(5, 20, 4098UL), InlineData(10, 40, 4001UL)]
    public void What_was_found_once_in_clusters_of_other_sizes_stays_away(int nodes, int pods, ulong seed) =>
        Assert.Empty(SimulationRun.Run(new SimOptions(nodes, pods, Seeds: 1, FirstSeed: seed)).Violations);

    [Fact]
    public void The_same_seeds_give_the_same_hash_however_many_run_at_once()
    {
        var one = SimulationRun.Run(new SimOptions(Nodes: 5, Pods: 10, Seeds: 4, FirstSeed: 100, Parallelism: 1));
        var two = SimulationRun.Run(new SimOptions(Nodes: 5, Pods: 10, Seeds: 4, FirstSeed: 100, Parallelism: 2));
        Assert.Equal(one.Hash, two.Hash);
        Assert.Equal(one.Events, two.Events);
        Assert.NotEqual(one.Hash, SimulationRun.Run(new SimOptions(Nodes: 5, Pods: 10, Seeds: 4, FirstSeed: 101)).Hash);
    }
}
