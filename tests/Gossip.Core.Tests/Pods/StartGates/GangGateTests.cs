using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Scheduling;
using Gossip.Core.Tables;
using Gossip.Core.Tests.Scheduling;
using Gossip.Core.Tests.Tables;

namespace Gossip.Core.Tests.Pods.StartGates;

/// <summary>A pod of a gang of three has its place here; the others get theirs elsewhere, as the test says.</summary>
public class GangGateTests
{
    static TestNode Admitted()
    {
        var template = TestCluster.Template.Replace("\"labels\"", "\"annotations\":{\"gossip.dev/gang\":\"train/3\"},\"labels\"", StringComparison.Ordinal);
        var desk = new TestNode(rank: 3, replicas: 3, template: template).Start().Sync();
        desk.Hear(desk.Ring[0], new Ask(1, desk.Run));
        desk.Hear(desk.Ring[0], new Award(1, desk.Run, new Victory(9, 2)));
        Assert.True(Assert.Single(desk.Take<Verdict>()).Message.Admitted);
        return desk;
    }

    [Fact]
    public void It_starts_once_the_tables_show_the_places_of_as_many_as_the_gang_needs()
    {
        var desk = Admitted();
        desk.Admit(desk.Others[0], 1, ready: false, pod: desk.Pods[1]);
        desk.Pass(500);
        Assert.Empty(desk.Commands);
        Assert.Equal(("WaitingForGang", "gang train: 2 of 3 pods admitted, needs 3 together"), desk.Own.Status.Containers.Select(state => (state.Reason, state.Message)).Single());
        desk.Admit(desk.Others[1], 1, ready: false, pod: desk.Pods[2]);
        Assert.Single(desk.Commands.OfType<PreparePod>());
    }

    [Fact]
    public void It_gives_its_place_back_without_having_run_when_the_gang_does_not_come_about()
    {
        var desk = Admitted();
        desk.Admit(desk.Others[0], 1, ready: false, pod: desk.Pods[1]);
        desk.Pass(desk.Timings.GangPatience - TimeSpan.FromMilliseconds(1));
        Assert.Single(desk.Admissions);
        desk.Pass(2);
        Assert.Empty(desk.Admissions);
        Assert.Empty(desk.Commands);
        Assert.Equal(desk.Room.Books.Allocatable, desk.Room.Books.Free);
    }

    [Fact]
    public void It_starts_when_another_of_the_gang_has_started()
    {
        var desk = Admitted();
        desk.Admit(desk.Others[0], 1, ready: true, pod: desk.Pods[1], status: status => status with { StartedAt = new WallTime(5) });
        Assert.Single(desk.Commands.OfType<PreparePod>());
    }

    [Fact]
    public void A_place_on_a_node_that_is_dead_does_not_count()
    {
        var desk = Admitted();
        desk.Admit(desk.Others[0], 1, ready: false, pod: desk.Pods[1]);
        desk.Die(desk.Others[0]);
        desk.Admit(desk.Others[1], 1, ready: false, pod: desk.Pods[2]);
        desk.Pass(500);
        Assert.Empty(desk.Commands);
    }

    [Fact]
    public void Gates_are_asked_in_their_order_and_the_first_that_holds_the_pod_back_is_named()
    {
        var template = TestCluster.Template.Replace("\"labels\"", """
            "annotations":{"gossip.dev/gang":"train/3","gossip.dev/depends-on":"svc/db"},"labels"
            """, StringComparison.Ordinal);
        var desk = new TestNode(rank: 3, replicas: 3, template: template).Start().Sync();
        desk.Hear(desk.Ring[0], new Ask(1, desk.Run));
        desk.Hear(desk.Ring[0], new Award(1, desk.Run, new Victory(9, 2)));
        desk.Pass(500);
        Assert.Equal("WaitingForGang", desk.Own.Status.Containers.Single().Reason);
        desk.Admit(desk.Others[0], 1, ready: false, pod: desk.Pods[1]);
        desk.Admit(desk.Others[1], 1, ready: false, pod: desk.Pods[2]);
        desk.Pass(500);
        Assert.Equal("WaitingForDependencies", desk.Own.Status.Containers.Single().Reason);
        Assert.Empty(desk.Commands);
    }
}
