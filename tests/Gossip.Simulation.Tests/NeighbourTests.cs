using Gossip.Simulation.Time;

namespace Gossip.Simulation.Tests;

/// <summary>Hard rules between pods hold once everything is quiet, though each node that bids knows only what it has heard.</summary>
public class NeighbourTests
{
    /// <summary>Three pods that must be apart are called by three nodes at once: whoever admits what another forbids makes way.</summary>
    [Theory, InlineData(1UL), InlineData(8UL), InlineData(9UL)]
    public void Pods_that_must_be_apart_are(ulong seed) => Cluster.Of(6).Seed(seed).Pods(12).ExpectRest();

    [Theory, InlineData(1UL), InlineData(2UL), InlineData(3UL), InlineData(4UL)]
    public void Pods_that_are_to_be_spread_are(ulong seed) =>
        Cluster.Of(9).Seed(seed).Pods(9).ExpectOneOwnerPerPod().Spread(12).ExpectSpread().For(20.Seconds()).ExpectSpread();

    [Theory, InlineData(1UL), InlineData(2UL), InlineData(3UL)]
    public void Each_side_of_a_partition_keeps_them_apart_and_so_does_the_whole_after_the_heal(ulong seed) =>
        Cluster.Of(12).Seed(seed).Pods(12).ExpectOneOwnerPerPod().Partition(0..6).For(40.Seconds()).Heal().ExpectRest();

    [Fact]
    public void Of_pods_that_are_placed_at_once_by_nodes_that_do_not_see_each_others_places_some_make_way()
    {
        var seen = 0L;
        for (var seed = 1UL; seed <= 20; seed++)
            seen += Cluster.Of(12).Seed(seed).ExpectAllMembersAgree().Loss(0.4).Spread(6).For(5.Seconds()).ExpectSpread().Sometimes("a pod makes way for an earlier one");
        Assert.True(seen > 0);
    }
}
