using Gossip.Simulation.Time;

namespace Gossip.Simulation.Tests;

/// <summary>Pods that run together or not at all, whatever happens between the awards. What is watched all along is A11.</summary>
public class GangTests
{
    [Theory, InlineData(1UL), InlineData(2UL), InlineData(3UL)]
    public void A_gang_starts_together(ulong seed)
    {
        var cluster = Cluster.Of(8).Seed(seed).Pods(16).ExpectOneOwnerPerPod().Gang("band", 12).ExpectRest();
        Assert.True(cluster.Sometimes("a gang is awarded at once") > 0);
    }

    /// <summary>Fifty machines of four places each, at whose end every place left looks taken by what the gang's own losing bids held.</summary>
    [Theory, InlineData(150), InlineData(200)]
    public void A_gang_fills_a_cluster_to_the_last_place(int pods)
    {
        var cluster = Cluster.Of(50).Seed(1).ExpectAllMembersAgree().Gang("host", pods).ExpectOneOf("host");
        Assert.InRange(cluster.Took, TimeSpan.Zero, TimeSpan.FromSeconds(30));
    }

    /// <summary>24 places, 28 pods: one gang has all of its own, and no place is wasted on a part of the other.</summary>
    [Theory, InlineData(1UL), InlineData(2UL), InlineData(3UL), InlineData(4UL)]
    public void Of_two_gangs_that_do_not_fit_together_one_runs_and_then_the_other(ulong seed)
    {
        var cluster = Cluster.Of(6).Seed(seed).ExpectAllMembersAgree().Gang("cats", 14).Gang("dogs", 14).ExpectOneOf("cats", "dogs")
            .For(20.Seconds()).ExpectOneOf("cats", "dogs");
        var first = cluster.RunningOf("cats") > 0 ? "cats" : "dogs";
        cluster.DeleteGang(first).ExpectOneOf(first == "cats" ? "dogs" : "cats");
        Assert.InRange(cluster.Took, TimeSpan.Zero, TimeSpan.FromSeconds(15));
    }

    [Theory, InlineData(1UL), InlineData(2UL), InlineData(3UL), InlineData(4UL), InlineData(5UL)]
    public void A_partition_in_the_middle_of_a_commit_runs_no_part_of_it(ulong seed) =>
        Cluster.Of(8).Seed(seed).Pods(24).ExpectOneOwnerPerPod().Gang("band", 9).UntilPartlyAdmitted("band")
            .Partition(0..4).For(60.Seconds()).Heal().ExpectRest();

    [Theory, InlineData(1UL), InlineData(2UL), InlineData(3UL), InlineData(4UL), InlineData(5UL)]
    public void A_machine_lost_between_the_awards_runs_no_part_of_it(ulong seed) =>
        Cluster.Of(8).Seed(seed).Pods(24).ExpectOneOwnerPerPod().Gang("band", 9).UntilPartlyAdmitted("band")
            .LoseMachine(3).LoseMachine(7).ExpectRest();
}
