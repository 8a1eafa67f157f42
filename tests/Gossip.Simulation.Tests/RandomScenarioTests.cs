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
        "the network splits", "unsynced bytes are lost",
    ];

    [Fact]
    public void Twenty_clusters_survive_whatever_their_seeds_draw_and_the_rare_paths_ran()
    {
        var report = SimulationRun.Run(new SimOptions(Nodes: 10, Pods: 40, Seeds: 20, Parallelism: 2));
        Assert.Empty(report.Violations);
        Assert.DoesNotContain(MustHappen, what => report.Sometimes.GetValueOrDefault(what) == 0);
    }

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
