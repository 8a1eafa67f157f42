using Gossip.Core.Membership;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Scheduling;
using Gossip.Core.Tables;
using Gossip.Core.Tests.Scheduling;
using Gossip.Core.Tests.Tables;
using Gossip.Core.Turns;

namespace Gossip.Core.Tests.Pods;

public class PodKeeperTests
{
    static readonly string Job = TestCluster.Template.Replace("\"containers\"", "\"restartPolicy\":\"Never\",\"containers\"", StringComparison.Ordinal);

    static TestNode Running(string? template = null)
    {
        var desk = new TestNode(rank: 3, template: template ?? TestCluster.Template).Start().Sync();
        desk.RunHere();
        return desk;
    }

    static void Exit(TestNode desk, int attempt, int code) =>
        desk.Report(new ContainerExited(desk.Own.Run, "web", attempt, code, "", "", desk.Now.Wall));

    [Fact]
    public void An_admitted_pod_is_prepared_started_and_told_ready()
    {
        var desk = Running();
        Assert.Equal(["PreparePod", "StartContainer"], desk.Commands.Select(command => command.GetType().Name));
        Assert.True(desk.Own.Status.Ready);
        Assert.Equal("127.0.0.9", desk.Own.Status.Ip);
        Assert.Equal(PodPhase.Running, desk.Own.Status.Phase);
    }

    [Fact]
    public void A_container_restarts_at_once_then_ever_later()
    {
        var desk = Running();
        Exit(desk, 0, 1);
        Assert.Equal(1, desk.Did<StartContainer>().Start.Attempt);
        desk.Report(new ContainerStarted(desk.Own.Run, "web", 1, desk.Now.Wall));
        foreach (var (attempt, wait) in ((int, int)[])[(1, 10), (2, 20), (3, 40)])
        {
            Exit(desk, attempt, 1);
            desk.Pass(500);
            Assert.Equal("CrashLoopBackOff", desk.Own.Status.Containers[0].Reason);
            Assert.False(desk.Own.Status.Ready);
            desk.Pass(TimeSpan.FromSeconds(wait - 1));
            Assert.Empty(desk.Commands);
            desk.Pass(TimeSpan.FromSeconds(1));
            Assert.Equal(attempt + 1, desk.Did<StartContainer>().Start.Attempt);
            desk.Report(new ContainerStarted(desk.Own.Run, "web", attempt + 1, desk.Now.Wall));
        }
        desk.Pass(desk.Timings.RestartBackoffReset);
        Exit(desk, 4, 1);
        Assert.Equal(5, desk.Did<StartContainer>().Start.Attempt); // it ran long enough to be forgiven
    }

    [Fact]
    public void A_report_of_an_earlier_attempt_is_ignored()
    {
        var desk = Running();
        Exit(desk, 0, 1);
        desk.Commands.Clear();
        Exit(desk, 0, 1);
        Assert.Empty(desk.Commands);
    }

    [Theory, InlineData(0, PodPhase.Succeeded), InlineData(3, PodPhase.Failed)]
    public void What_is_never_restarted_ends_for_good_and_frees_its_room(int code, PodPhase phase)
    {
        var desk = Running(Job);
        Exit(desk, 0, code);
        Assert.Equal(phase, desk.Own.Status.Phase);
        Assert.Equal(code == 0, desk.Slots.Find(desk.Pods[0])!.Succeeded);
        Assert.DoesNotContain(desk.Commands, command => command is StopPod); // its logs can still be read
        Assert.Equal(0, desk.Room.Books.Count);

        desk.Tables.Edit(desk.Workload, [(Fields.Deleting, "0"u8.ToArray())], new Turn(desk.Now, desk));
        desk.Sync();
        var run = desk.Did<StopPod>().Pod;
        desk.Report(new PodStopped(run));
        Assert.Empty(desk.Tables.Rows(RowKind.Admission));
    }

    [Fact]
    public void A_pod_that_cannot_be_prepared_is_left_to_others()
    {
        var desk = new TestNode(rank: 3).Start().Sync();
        var run = desk.Run;
        desk.Hear(desk.Ring[0], new Ask(1, run));
        desk.Hear(desk.Ring[0], new Award(1, run, default));
        desk.Report(new PodFailed(run, "PrepareError", "no such directory"));
        desk.Report(new PodStopped(run));
        Assert.Empty(desk.Admissions);
        Assert.Equal(Epoch.First, Assert.Single(desk.Slots.Find(desk.Pods[0])!.FailedEpochs));
        Assert.Equal(0, desk.Room.Books.Count);
        Assert.Equal(new Epoch(2), desk.Run.Epoch);
    }

    [Fact]
    public void A_pod_that_nobody_wants_ends_and_then_its_admission_goes()
    {
        var desk = Running();
        var run = desk.Own.Run;
        desk.Commands.Clear();
        desk.Tables.Edit(desk.Workload, [(Fields.Replicas, "0"u8.ToArray())], new Turn(desk.Now, desk));
        desk.Pass(1);
        desk.Sync();
        Assert.Equal(run, desk.Did<StopPod>().Pod);
        Assert.False(desk.Own.Status.Ready);
        desk.Report(new PodStopped(run));
        Assert.Null(desk.Slots.Find(desk.Pods[0]));
        Assert.Empty(desk.Tables.Rows(RowKind.Admission));
    }

    [Fact]
    public void The_later_of_two_copies_drains_once_the_first_is_ready_and_not_before()
    {
        var desk = Running();
        desk.Commands.Clear();
        var first = desk.Admit(desk.Ring[0], epoch: 2, ready: false, at: 0); // admitted earlier, in another partition
        desk.Pass(TimeSpan.FromSeconds(20));
        Assert.Empty(desk.Commands);
        desk.Edit(first, AdmissionStatus.Admitted with { Ready = true, Phase = PodPhase.Running });
        Assert.True(desk.Own.Status.Draining);
        Assert.Equal(desk.Own.Run, desk.Did<StopPod>().Pod);
        desk.Edit(first, AdmissionStatus.Admitted);
        Assert.True(desk.Own.Status.Draining); // draining is final
    }

    [Fact]
    public void The_first_of_two_copies_never_drains_for_a_ready_second()
    {
        var desk = Running();
        desk.Commands.Clear();
        desk.Admit(desk.Ring[0], epoch: 2, ready: true, at: ulong.MaxValue);
        desk.Pass(TimeSpan.FromMinutes(2));
        Assert.False(desk.Own.Status.Draining);
        Assert.Empty(desk.Commands);
    }

    [Fact]
    public void A_node_that_just_came_back_is_believed_only_after_a_while()
    {
        var desk = Running();
        desk.Die(desk.Ring[0]);
        desk.Commands.Clear();
        desk.Admit(desk.Ring[0], epoch: 2, ready: true, at: 0);
        Assert.Empty(desk.Commands);
        desk.Change(desk.Ring[0], member => member with { State = MemberState.Alive, Since = desk.Now.Monotonic });
        desk.Pass(desk.Timings.SyncWait);
        Assert.Empty(desk.Commands);
        desk.Pass(desk.Timings.SyncWait);
        Assert.Equal(desk.Own.Run, desk.Did<StopPod>().Pod);
    }

    [Fact]
    public void A_ready_copy_takes_the_lead_when_the_first_stays_unready()
    {
        var desk = Running();
        desk.Admit(desk.Ring[0], epoch: 2, ready: false, at: 0, status: status => status with { Rank = 4 });
        desk.Pass(desk.Timings.UnreadyBeforeOutranked - TimeSpan.FromMilliseconds(1));
        Assert.Equal(0u, desk.Own.Status.Rank);
        desk.Pass(1);
        Assert.Equal(5u, desk.Own.Status.Rank);
        Assert.Equal(desk.Self, desk.Admissions[0].Node);
    }

    [Fact]
    public void Leaving_ends_what_runs_here()
    {
        var desk = Running();
        desk.Keeper.OnLeave(new Turn(desk.Now, desk));
        Assert.IsType<StopPod>(desk.Commands[^1]);
    }
}
