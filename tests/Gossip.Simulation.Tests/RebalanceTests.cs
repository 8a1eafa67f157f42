using Gossip.Simulation.Time;

namespace Gossip.Simulation.Tests;

/// <summary>Pods that allow it move to a node that is back, as few as even out the load; others never do.</summary>
public class RebalanceTests
{
    [Theory, InlineData(1UL), InlineData(2UL), InlineData(3UL)]
    public void A_node_that_is_back_gets_its_share_and_then_nothing_moves_any_more(ulong seed)
    {
        var cluster = Cluster.Of(4).Seed(seed).For(5.Seconds()).Movable(8).ExpectRuns("movable")
            .LoseMachineAndDisk(3).For(40.Seconds()).ExpectRuns("movable").Restart(3).ExpectEven(1);
        Assert.InRange(cluster.Moves, 1, 4);
        var moves = cluster.For(5.Minutes()).Moves;
        cluster.For(10.Minutes()).ExpectRest();
        Assert.Equal(moves, cluster.Moves);
    }

    [Fact]
    public void Who_did_not_ask_for_it_stays_where_it_is()
    {
        var cluster = Cluster.Of(4).Seed(1).For(5.Seconds()).Crowd(8).ExpectRuns("crowd")
            .LoseMachineAndDisk(3).For(40.Seconds()).ExpectRuns("crowd").Restart(3).For(5.Minutes());
        Assert.Equal(0, cluster.Moves);
        Assert.Empty(cluster.World.Nodes[3].Runtime.Pods);
    }

    [Fact]
    public void A_budget_that_allows_nothing_holds_for_moves_too()
    {
        var cluster = Cluster.Of(4).Seed(1).For(5.Seconds()).Movable(8).BudgetOf("movable", 0).ExpectRuns("movable")
            .LoseMachineAndDisk(3).For(40.Seconds()).Restart(3).For(5.Minutes());
        Assert.Equal(0, cluster.Moves);
    }
}
