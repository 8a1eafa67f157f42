using Gossip.Core.Explain;
using Gossip.Simulation.Time;

namespace Gossip.Simulation.Tests;

public class PreemptionTests
{
    const string Evicted = "a pod is evicted for one of greater priority";

    /// <summary>Six nodes of 12 places each are full. What comes asks for three places a pod.</summary>
    static Cluster Full(ulong seed) => Cluster.Of(6).Seed(seed).Pods(24).ExpectOneOwnerPerPod().Crowd(100).For(15.Seconds());

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Pods_of_greater_priority_get_into_a_full_cluster_soon_and_evict_no_more_than_they_need(ulong seed)
    {
        var cluster = Full(seed).Urgent(5).ExpectRuns("urgent");
        Assert.InRange(cluster.Took, TimeSpan.Zero, 10.Seconds());
        Assert.InRange(cluster.Sometimes(Evicted), 12, 15); // 15 places; no node has three that are free, some have a remainder
        var settled = cluster.For(5.Seconds()).Sometimes(Evicted);
        Assert.Equal(settled, cluster.For(120.Seconds()).Sometimes(Evicted)); // those who were evicted wait, and evict nobody
    }

    [Fact]
    public void Nobody_is_evicted_while_there_is_room() =>
        Assert.Equal(0, Cluster.Of(6).Seed(1).Pods(24).ExpectOneOwnerPerPod().Urgent(5).ExpectRuns("urgent").For(10.Seconds()).Sometimes(Evicted));

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public void Pods_of_greater_priority_come_back_from_a_lost_node_at_the_cost_of_others(ulong seed)
    {
        var cluster = Full(seed).Urgent(8).ExpectRuns("urgent").For(10.Seconds());
        cluster.LoseMachine(0).LoseMachine(1).ExpectRuns("urgent");
        Assert.InRange(cluster.Took, TimeSpan.Zero, 40.Seconds());
    }

    [Fact]
    public void Every_node_can_say_who_was_evicted_for_whom()
    {
        var cluster = Full(1).Urgent(2).ExpectRuns("urgent").For(3.Seconds());
        foreach (var node in cluster.World.Nodes)
        {
            var view = node.Machine!.View(node.Now);
            var evicted = view.Events.Where(one => one.Reason == "Preempted").ToArray();
            Assert.NotEmpty(evicted);
            Assert.All(evicted, one => Assert.StartsWith("Preempted: by default/urgent-", one.Message, StringComparison.Ordinal));
            var waiting = view.Pods.First(pod => pod.Name == evicted[0].About.Name);
            Assert.Contains(Why.Explain(waiting, view).Remarks, remark => remark.StartsWith("evicted at ", StringComparison.Ordinal));
            var winner = view.Pods.First(pod => pod.Owner.Name == "urgent" && pod.Standing!.Birth.Winner.Contains("evicting", StringComparison.Ordinal));
            Assert.Contains("fitted nowhere, won with ", Why.Explain(winner, view).Headline, StringComparison.Ordinal);
            Assert.Contains("; evicts ", Why.Explain(winner, view).Headline, StringComparison.Ordinal);
        }
    }
}
