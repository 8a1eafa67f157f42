using Gossip.Core.Membership;
using Gossip.Simulation.Checkers;
using Gossip.Simulation.Scenarios;
using Gossip.Simulation.Time;

namespace Gossip.Simulation.Tests;

/// <summary>A6: a cluster sixteen times as large asks twice as many nodes for a pod (the width of a round is log n), and not sixteen times.</summary>
public class AuctionCostTests
{
    const int Pods = 12;

    /// <summary>Of each node that is asked: the ask, its answer, its release or else the award and the verdict; and a share of news for who lacks the pod.</summary>
    const int MessagesPerAsked = 5;

    [Theory, InlineData(16, 4), InlineData(64, 6), InlineData(256, 8)]
    public void Messages_for_a_pod_that_fits_grow_as_the_width_of_a_round_does(int nodes, int width)
    {
        var world = new World(nodes, 1, NodeTimings.Lan, index => Manifests.Node(index, Pods), () => "", WorldFaults.None, large: true);
        var cost = new AuctionCostChecker(world);
        world.Check([cost]);
        foreach (var node in world.Nodes) node.Start();
        var users = new Users(world, world.RandomStream.For("users"));
        world.RunFor(1.Seconds()); // all of them bid
        for (var i = 0; i < Pods; i++)
        {
            users.CreateAnnotated($"p{i}", "");
            world.RunFor(100.Milliseconds());
        }
        world.RunFor(1.Seconds());
        Assert.Equal(Pods, cost.Placed.Count);
        Assert.InRange(cost.Placed.Average(), 2 * width, MessagesPerAsked * width);
    }
}
