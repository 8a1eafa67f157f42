using Gossip.Simulation.Time;

namespace Gossip.Simulation.Tests;

/// <summary>Bursts of alike pods, which share their rounds.</summary>
public class BatchTests
{
    /// <summary>Alone each asks six of 64 nodes: asks, bids and releases of those that lost, an award and a verdict, and news of the pod for some of them.</summary>
    const int MessagesAlone = 6 + 6 + 5 + 2;

    [Fact]
    public void A_burst_costs_half_of_what_its_pods_cost_one_by_one()
    {
        var cluster = Cluster.Of(64).Seed(1).ExpectAllMembersAgree().Crowd(192).ExpectRuns("crowd");
        Assert.InRange(cluster.MessagesPerPod, 3, MessagesAlone / 2.0);
        Assert.True(cluster.Sometimes("one round places several pods") >= 192 / 16);
    }

    /// <summary>There is room for them and no more, so that the last rounds have fewer bids than pods.</summary>
    [Theory, InlineData(2UL), InlineData(3UL)]
    public void The_last_places_of_a_full_cluster_are_found(ulong seed) =>
        Cluster.Of(24).Seed(seed).ExpectAllMembersAgree().Crowd(24 * 4).ExpectRuns("crowd");

    [Fact]
    public void Batches_survive_loss_and_the_death_of_nodes_that_bid() =>
        Cluster.Of(32).Seed(4).Pods(64).ExpectAllMembersAgree().Loss(0.1).Crowd(64).For(TimeSpan.FromMilliseconds(150)).LoseMachineAndDisk(5).LoseMachineAndDisk(9)
            .For(10.Seconds()).Heal().Restart(5).Restart(9).ExpectRuns("crowd").ExpectRest();

    [Fact]
    public void Pods_that_want_room_of_others_are_called_together_too()
    {
        var cluster = Cluster.Of(24).Seed(5).ExpectAllMembersAgree().Crowd(24 * 4).ExpectRuns("crowd").Urgent(16).ExpectRuns("urgent");
        Assert.True(cluster.Sometimes("a pod is evicted for one of greater priority") > 0);
    }
}
