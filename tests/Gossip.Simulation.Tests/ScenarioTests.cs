using Gossip.Simulation.Time;

namespace Gossip.Simulation.Tests;

/// <summary>One fault at a time, each with what must come of it. Every watched rule is checked all along.</summary>
public class ScenarioTests
{
    [Fact]
    public void A_healthy_cluster_forms_and_runs_every_pod_once() =>
        Cluster.Of(12).Seed(1).Pods(60).ExpectAllMembersAgree().ExpectRest();

    [Fact]
    public void A_node_alone_runs_what_it_can() => Cluster.Of(1).Seed(2).Pods(4).ExpectRest();

    /// <summary>Seeds on which the one node of the first side that the picky pod may go to has room left for it.</summary>
    [Theory, InlineData(1UL), InlineData(2UL), InlineData(4UL), InlineData(6UL)]
    public void Each_side_of_a_partition_runs_everything_and_after_the_heal_one_copy_is_left(ulong seed)
    {
        var cluster = Cluster.Of(10).Seed(seed).Pods(20).ExpectOneOwnerPerPod()
            .Partition(0..5).For(30.Seconds())
            .ExpectEveryPodWithin(0..5).ExpectEveryPodWithin(5..10)
            .Heal().ExpectRest();
        Assert.True(cluster.Sometimes("a second copy is drained") > 0);
    }

    [Fact]
    public void What_ran_on_a_lost_machine_runs_elsewhere()
    {
        var cluster = Cluster.Of(8).Seed(3).Pods(40).ExpectOneOwnerPerPod().LoseMachineAndDisk(3).ExpectRest();
        Assert.True(cluster.Sometimes("a machine is lost with its pods") > 0);
    }

    [Fact]
    public void A_killed_process_that_is_back_before_the_grace_adopts_its_pods()
    {
        var cluster = Cluster.Of(6).Seed(4).Pods(30).ExpectOneOwnerPerPod().Kill(2).For(2.Seconds()).Restart(2).ExpectRest();
        Assert.True(cluster.Sometimes("a pod survives its node's process") > 0);
        Assert.Equal(0, cluster.Sometimes("a second copy is drained"));
    }

    [Fact]
    public void A_process_that_is_back_late_gives_its_pods_to_those_who_replaced_them()
    {
        var cluster = Cluster.Of(6).Seed(5).Pods(30).ExpectOneOwnerPerPod().Kill(2).For(60.Seconds()).Restart(2).ExpectRest();
        Assert.True(cluster.Sometimes("a pod survives its node's process") > 0);
    }

    [Fact]
    public void A_node_that_lost_its_disk_comes_back_under_its_name() =>
        Cluster.Of(6).Seed(6).Pods(30).ExpectOneOwnerPerPod().LoseMachineAndDisk(1).For(15.Seconds()).Restart(1).ExpectRest();

    [Fact]
    public void A_paused_process_is_taken_back()
    {
        var cluster = Cluster.Of(6).Seed(7).Pods(30).ExpectOneOwnerPerPod().Pause(4).For(25.Seconds()).Resume(4).ExpectRest();
        Assert.True(cluster.Sometimes("a member is buried") > 0);
    }

    [Fact]
    public void All_machines_lose_power_at_once_and_nothing_promised_is_lost()
    {
        var cluster = Cluster.Of(5).Seed(8).Pods(25).ExpectOneOwnerPerPod();
        for (var node = 0; node < 5; node++) cluster.LoseMachine(node);
        for (var node = 0; node < 5; node++) cluster.Restart(node);
        cluster.ExpectRest();
    }

    [Fact]
    public void A_node_that_hears_and_is_not_heard_harms_nobody()
    {
        var cluster = Cluster.Of(8).Seed(9).Pods(16).ExpectOneOwnerPerPod();
        for (var other = 1; other < 8; other++) cluster.OneWay(0, other);
        cluster.For(30.Seconds()).Heal().ExpectRest();
    }

    [Fact]
    public void A_wall_clock_ten_years_off_stops_nothing() =>
        Cluster.Of(6).Seed(10).Pods(12).ExpectOneOwnerPerPod()
            .StepWallClock(1, TimeSpan.FromDays(3650)).StepWallClock(2, TimeSpan.FromDays(-3650))
            .Scale(0, 20).For(10.Seconds()).Scale(0, 5).ExpectRest();

    [Fact]
    public void A_deleted_deployment_leaves_nothing()
    {
        var cluster = Cluster.Of(6).Seed(11).Pods(30).ExpectOneOwnerPerPod().Delete(0).For(5.Seconds()).ExpectRest();
        Assert.True(cluster.Sometimes("a row is removed") > 0);
    }

    [Fact]
    public void A_lossy_network_only_slows_it_down() => Cluster.Of(10).Seed(12).Pods(40).Loss(0.2).ExpectOneOwnerPerPod().Heal().ExpectRest();
}
