using Gossip.Simulation.Time;

namespace Gossip.Simulation.Tests;

/// <summary>
/// Copies of host apps' workloads: one a machine as long as there are machines, also when more come, and none twice at once.
/// </summary>
public class SpreadTests
{
    public static IEnumerable<TheoryDataRow<ulong>> Seeds => Enumerable.Range(1, 20).Select(seed => new TheoryDataRow<ulong>((ulong)seed));

    [Theory, MemberData(nameof(Seeds))]
    public void Three_copies_are_on_three_machines_without_a_move(ulong seed)
    {
        var cluster = Cluster.Of(3).Seed(seed).For(3.Seconds()).Copies(3).ExpectRuns("copies").ExpectEven(0);
        Assert.Equal(0, cluster.For(1.Minutes()).SpreadMoves);
    }

    [Theory, InlineData(1UL), InlineData(2UL), InlineData(3UL), InlineData(4UL), InlineData(5UL)]
    public void Six_copies_on_three_machines_are_on_six_when_three_more_come(ulong seed)
    {
        var cluster = Cluster.Of(6).Seed(seed).For(3.Seconds())
            .LoseMachineAndDisk(3).LoseMachineAndDisk(4).LoseMachineAndDisk(5).For(40.Seconds())
            .Copies(6).ExpectRuns("copies").For(5.Seconds());
        Assert.Equal([2, 2, 2], new[] { 0, 1, 2 }.Select(node => cluster.World.Nodes[node].Runtime.Pods.Count));
        cluster.Restart(3).Restart(4).Restart(5).ExpectEven(0);
        Assert.InRange(cluster.Took.TotalSeconds, 0, 30);
        var moves = cluster.SpreadMoves;
        Assert.InRange(moves, 3, 6); // three are needed; a node that was silent in a round gets its copy by one more
        cluster.For(5.Minutes()).ExpectEven(0);
        Assert.Equal(moves, cluster.SpreadMoves); // and then they end
    }

    [Theory, InlineData(1UL), InlineData(2UL), InlineData(3UL)]
    public void All_on_the_one_that_was_up_first_go_to_those_that_come_later(ulong seed)
    {
        var cluster = Cluster.Of(3).Seed(seed).For(1.Seconds()).LoseMachineAndDisk(1).LoseMachineAndDisk(2).For(40.Seconds())
            .Copies(3).ExpectRuns("copies");
        Assert.Equal(3, cluster.World.Nodes[0].Runtime.Pods.Count);
        cluster.Restart(1).Restart(2).ExpectEven(0);
        Assert.Equal(2, cluster.For(1.Minutes()).SpreadMoves);
    }

    [Theory, InlineData(1UL), InlineData(2UL), InlineData(3UL)]
    public void A_copy_that_moves_or_is_drained_has_ended_before_it_starts_again(ulong seed)
    {
        var cluster = Cluster.Of(3).Seed(seed).For(1.Seconds()).LoseMachineAndDisk(2).For(40.Seconds());
        for (var node = 0; node < 3; node++) cluster.SlowToStop(node, 4.Seconds());
        cluster.Copies(4).ExpectRuns("copies").Restart(2).Drain(0);
        for (var step = 0; step < 1200; step++)
        {
            cluster.For(50.Milliseconds());
            Assert.All(cluster.RunningNow.GroupBy(name => name), copies => Assert.Single(copies));
        }
        cluster.ExpectEmpty(0).ExpectRuns("copies");
    }

    [Fact]
    public void A_copy_of_a_lost_machine_waits_for_nobody()
    {
        var cluster = Cluster.Of(3).Seed(1).For(3.Seconds()).Copies(3).ExpectRuns("copies").LoseMachineAndDisk(1);
        cluster.ExpectRuns("copies");
        Assert.InRange(cluster.Took.TotalSeconds, 0, 30);
    }
}
