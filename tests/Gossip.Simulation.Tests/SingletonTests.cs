using Gossip.Simulation.Time;

namespace Gossip.Simulation.Tests;

/// <summary>A singleton never runs twice (S1 is watched all the time), and runs again once it can.</summary>
public class SingletonTests
{
    static Cluster Five(ulong seed) => Cluster.Of(5).Seed(seed).Pods(5).Singletons(3).ExpectOneOwnerPerPod();

    [Theory, InlineData(1UL), InlineData(2UL), InlineData(3UL)]
    public void The_side_of_a_partition_with_the_voters_majority_takes_it_over(ulong seed)
    {
        var cluster = Five(seed).Partition(0..1).For(90.Seconds()).Heal().ExpectRest();
        Assert.True(cluster.Sometimes("a singleton runs") >= 3);
    }

    [Fact]
    public void Without_a_majority_on_any_side_it_ends_everywhere_and_comes_back_with_the_heal() =>
        Five(4).LoseMachine(1).Partition(0..1).For(60.Seconds()).Restart(1).Heal().ExpectRest();

    [Fact]
    public void The_voters_change_one_name_at_a_time_and_only_with_a_majority()
    {
        var cluster = Five(6).ChangeVoters(3, add: "n03").For(2.Seconds());
        Assert.Equal(["n00", "n01", "n02", "n03"], cluster.VotersOn(4));
        cluster.ChangeVoters(4, add: "n04").For(5.Seconds()); // too soon after the last
        Assert.Equal(4, cluster.VotersOn(0).Count);
        cluster.For(15.Seconds()).ChangeVoters(0, remove: "n00").ChangeVoters(1, remove: "n01").For(10.Seconds()); // two at once: one at most is decided
        Assert.Equal(3, cluster.VotersOn(2).Count);
        cluster.For(15.Seconds()).Partition(3..5).ChangeVoters(2, remove: "n03").For(20.Seconds());
        Assert.Equal((2, 3), (cluster.VotersOn(2).Count, cluster.VotersOn(3).Count)); // two of three consent, and the third hears of it later
        cluster.Heal().ExpectRest();
        Assert.Equal(cluster.VotersOn(0), cluster.VotersOn(4));
    }

    [Fact]
    public void A_machine_whose_node_is_paused_or_killed_lets_it_go_in_time()
    {
        for (var machine = 0; machine < 5; machine++)
            Five(5).Pause(machine).For(60.Seconds()).Resume(machine).ExpectRest();
    }
}
