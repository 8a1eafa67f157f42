using Gossip.Core.Ports;
using Gossip.Core.Scheduling;
using Gossip.Core.Tables;
using Gossip.Core.Templates;
using Gossip.Core.Tests.Scheduling;

namespace Gossip.Core.Tests.Pods.Recovery;

/// <summary>A runtime whose engine is gone, and what becomes of its pods when it is back.</summary>
public class LostRuntimeTests
{
    const string Spec = "\"initContainers\":[{\"name\":\"first\"}],\"containers\":[{\"name\":\"a\"}]";

    static readonly RuntimeLost Lost = new("engine", "cannot connect") { Classes = ["engine", RuntimeNames.Process] };

    static LifeDesk Running(string spec = Spec)
    {
        var life = new LifeDesk(spec);
        life.Started("first");
        life.Exited("first", 0);
        life.Started("a");
        Assert.True(life.Status.Ready);
        life.TestNode.Commands.Clear();
        return life;
    }

    static SurvivingPod Survivor(LifeDesk life, int attempt = 0, int? exitCode = null)
    {
        var template = life.TestNode.Slots.Find(life.Run.Pod)!.Template;
        var launch = new PodLaunch(life.Run, "web-0", "default", "", "n", template);
        return new SurvivingPod("engine", launch, "127.0.0.9", [new SurvivingContainer("a", attempt, default, exitCode)]);
    }

    static void Return(LifeDesk life, params SurvivingPod[] survivors) => life.TestNode.Report(new RuntimeReturned("engine", [.. survivors]));

    [Fact]
    public void Its_pods_are_unready_at_once_and_nothing_is_asked_of_it()
    {
        var life = Running();
        life.TestNode.Report(Lost);
        Assert.Equal((false, "RuntimeLost", "cannot connect"), (life.Status.Ready, life.Status.Reason, life.Status.Message));
        life.Exited("a", 137); // of what happens there nobody can be sure
        life.Pass(5);
        life.Says();
    }

    [Fact]
    public void It_is_bid_for_no_more_by_name_until_it_is_back()
    {
        var desk = new TestNode(rank: 3).Start().Sync();
        desk.Report(Lost);
        desk.Hear(desk.Ring[0], new Ask(1, desk.Run));
        Assert.Equal("runtime process is lost", Assert.Single(desk.Take<Refusal>()).Message.Why);
        desk.Report(new RuntimeReturned("engine", []));
        desk.Hear(desk.Ring[0], new Ask(2, desk.Run));
        Assert.Single(desk.Take<Bid>());
    }

    [Fact]
    public void A_runtime_that_is_there_is_bid_for_while_another_is_lost()
    {
        var desk = new TestNode(rank: 3).Start().Sync();
        desk.Report(new RuntimeLost("docker", "cannot connect") { Classes = ["docker", "containers"] });
        desk.Hear(desk.Ring[0], new Ask(1, desk.Run));
        Assert.Single(desk.Take<Bid>());
    }

    [Fact]
    public void After_the_loss_grace_others_may_have_its_pods_and_the_books_still_count_them()
    {
        var life = Running();
        life.TestNode.Report(Lost);
        life.TestNode.Pass(life.TestNode.Timings.LossGrace - TimeSpan.FromMilliseconds(1));
        Assert.Single(life.TestNode.Admissions);
        life.TestNode.Pass(1);
        Assert.Empty(life.TestNode.Admissions);
        Assert.Equal(1, life.TestNode.Room.Books.Count);
        life.Says();
    }

    [Fact]
    public void What_survived_within_the_grace_goes_on_as_it_was()
    {
        var life = Running();
        life.TestNode.Report(Lost);
        life.Pass(3);
        Return(life, Survivor(life));
        life.Pass(60);
        life.Says();
        Assert.Equal((true, "", 0), (life.Status.Ready, life.Status.Reason, life["a"].Restarts));
    }

    [Fact]
    public void What_ended_out_of_sight_starts_again_as_the_policy_says()
    {
        var life = Running();
        life.TestNode.Report(Lost);
        Return(life, Survivor(life, exitCode: 1));
        life.Says("start a/1");
    }

    [Fact]
    public void What_went_with_its_engine_is_prepared_anew_under_the_same_admission()
    {
        var life = Running();
        life.TestNode.Report(Lost);
        Return(life);
        life.Says("prepare");
        life.Prepared();
        life.Says("start first/1"); // its work went with the volumes
        life.Started("first", 1);
        life.Exited("first", 0, 1);
        life.Says("start a/1");
        life.Started("a", 1);
        Assert.True(life.Status.Ready);
    }

    [Fact]
    public void What_went_and_is_never_restarted_has_failed()
    {
        var life = Running("\"restartPolicy\":\"Never\"," + Spec);
        life.TestNode.Report(Lost);
        Return(life);
        life.Says();
        Assert.Equal((PodPhase.Failed, "ContainerStatusUnknown"), (life.Status.Phase, life["a"].Reason));
    }

    [Fact]
    public void A_survivor_that_others_replaced_is_stopped()
    {
        var life = Running();
        life.TestNode.Report(Lost);
        life.Pass(11);
        life.TestNode.Admit(life.TestNode.Ring[0], epoch: 2, ready: true);
        life.Says();
        Return(life, Survivor(life));
        life.Says("free 30s");
        life.TestNode.Report(new PodStopped(life.Run));
        Assert.Equal(0, life.TestNode.Room.Books.Count);
    }

    [Fact]
    public void A_survivor_that_nobody_took_over_is_admitted_again_and_not_started_again()
    {
        var life = Running();
        life.TestNode.Report(Lost);
        life.Pass(11);
        Return(life, Survivor(life));
        life.Pass(1);
        life.Says();
        Assert.Equal((true, life.Run), (life.Status.Ready, life.TestNode.Own.Run));
    }

    [Fact]
    public void What_went_and_was_given_up_is_forgotten()
    {
        var life = Running();
        life.TestNode.Report(Lost);
        life.Pass(11);
        Return(life);
        life.Says();
        Assert.Equal(0, life.TestNode.Room.Books.Count);
    }

    [Fact]
    public void What_is_deleted_meanwhile_is_stopped_once_the_engine_is_back()
    {
        var life = Running();
        life.TestNode.Report(Lost);
        life.Delete();
        life.Pass(1);
        life.Says();
        Return(life, Survivor(life));
        life.Says("free 29s");
    }
}
