namespace Gossip.Simulation.Tests;

public class LiarTests
{
    /// <summary>With nothing to learn from, an auctioneer's rounds would go to the liar for ever.</summary>
    const uint RoundsMost = 8;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_node_that_bids_on_everything_and_admits_nothing_keeps_no_pod_from_its_place(ulong seed)
    {
        var cluster = Cluster.Of(12).Seed(seed).Pods(100).Liar(4).ExpectOneOwnerPerPod();
        var (liar, honest) = (cluster.World.Nodes[4].Id, cluster.World.Nodes[0]);
        var placed = honest.Machine!.View(honest.Now).Pods.Where(pod => pod.Standing is not null).ToArray();
        Assert.DoesNotContain(placed, pod => pod.Standing!.Node == liar);
        var rounds = placed.Max(pod => pod.Summary?.Head.Round ?? 0);
        Assert.True(rounds is > 1 and <= RoundsMost, $"a pod took {rounds} rounds");
    }
}
