using Gossip.Simulation.Time;

namespace Gossip.Simulation.Tests;

/// <summary>Nodes are emptied on purpose; what budgets allow is checked all along (D1).</summary>
public class DrainTests
{
    [Theory, InlineData(1UL), InlineData(2UL), InlineData(3UL), InlineData(4UL)]
    public void Two_drains_at_once_end_and_never_take_more_than_the_budget_allows(ulong seed)
    {
        var cluster = Cluster.Of(6).Seed(seed).Pods(24).ExpectOneOwnerPerPod().Budget(0, 1).For(20.Seconds())
            .Drain(1).Drain(2).ExpectEmpty(1).ExpectEmpty(2).TakeBack(1).TakeBack(2).ExpectRest();
        Assert.True(cluster.Sometimes("a pod is evicted") > 0);
        Assert.True(cluster.Sometimes("a budget forbids an eviction") > 0);
        Assert.Equal(0, cluster.Sometimes("two disruptions of one budget at once"));
    }

    [Fact]
    public void A_budget_that_allows_nothing_keeps_its_pods_where_they_are()
    {
        var cluster = Cluster.Of(5).Seed(1).Pods(20).ExpectOneOwnerPerPod().Budget(0, 0).Budget(1, 0).For(10.Seconds()).Drain(1).For(30.Seconds());
        Assert.True(cluster.Sometimes("a budget forbids an eviction") > 0);
        Assert.Throws<ScenarioFailed>(() => cluster.ExpectEmpty(1));
    }

    [Theory, InlineData(1UL), InlineData(2UL)]
    public void A_drain_goes_on_when_the_keeper_of_the_budget_dies(ulong seed)
    {
        var cluster = Cluster.Of(6).Seed(seed).Pods(24).ExpectOneOwnerPerPod().Budget(0, 1).For(10.Seconds()).Drain(1);
        for (var node = 2; node < 6; node++) cluster.Kill(node).For(3.Seconds()).Restart(node);
        cluster.ExpectEmpty(1).TakeBack(1).ExpectRest();
    }

    [Theory, InlineData(1UL), InlineData(2UL)]
    public void Each_side_of_a_partition_drains_by_what_it_sees_and_the_whole_recovers(ulong seed) =>
        Cluster.Of(8).Seed(seed).Pods(16).ExpectOneOwnerPerPod().Budget(0, 1).For(10.Seconds())
            .Partition(0..4).For(20.Seconds()).Drain(1).Drain(6).For(30.Seconds()).Heal().ExpectEmpty(1).ExpectEmpty(6).TakeBack(1).TakeBack(6).ExpectRest();

    [Theory, InlineData(1UL), InlineData(2UL)]
    public void What_does_not_tolerate_a_taint_leaves_the_node_at_once(ulong seed) =>
        Cluster.Of(6).Seed(seed).Pods(24).ExpectOneOwnerPerPod().Taint(1).ExpectEmpty(1).TakeBack(1).ExpectRest();
}
