using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Tables;

namespace Gossip.Core.Tests.Pods;

/// <summary>In which order the containers of a pod start, and what becomes of one that fails.</summary>
public class StartOrderTests
{
    const string Two = "\"containers\":[{\"name\":\"a\"},{\"name\":\"b\"}]";
    const string Inits = "\"initContainers\":[{\"name\":\"first\"},{\"name\":\"second\"}]," + Two;
    const string Sidecar = "\"initContainers\":[{\"name\":\"proxy\",\"restartPolicy\":\"Always\"}],\"containers\":[{\"name\":\"a\"}]";
    const string Hooked = "\"containers\":[{\"name\":\"a\",\"lifecycle\":{\"postStart\":{\"exec\":{\"command\":[\"x\"]}}}},{\"name\":\"b\"}]";

    static string Policy(string policy, string spec) => $"\"restartPolicy\":\"{policy}\",{spec}";

    [Fact]
    public void Init_containers_run_one_after_another_to_success_and_then_the_main_ones()
    {
        var life = new LifeDesk(Inits);
        life.Says("start first/0");
        life.Pass(0.2);
        Assert.Equal((PodPhase.Pending, "PodInitializing"), (life.Status.Phase, life["a"].Reason));
        life.Started("first");
        life.Says();
        life.Exited("first", 0);
        life.Says("start second/0");
        life.Started("second");
        life.Exited("second", 0);
        life.Says("start a/0");
        life.Started("a");
        life.Says("start b/0");
        Assert.Equal(PodPhase.Pending, life.Status.Phase);
        life.Started("b");
        Assert.Equal((PodPhase.Running, true), (life.Status.Phase, life.Status.Ready));
        Assert.Equal((ContainerStage.Terminated, "Completed", true), (life["first"].Stage, life["first"].Reason, life["first"].Ready));
    }

    [Theory, InlineData("Always"), InlineData("OnFailure")]
    public void A_failed_init_container_is_tried_again_ever_later(string policy)
    {
        var life = new LifeDesk(Policy(policy, Inits));
        life.Started("first");
        life.Exited("first", 1);
        life.Started("first", 1);
        life.Exited("first", 1, 1);
        life.Says("start first/0", "start first/1");
        life.Pass(1);
        Assert.Equal("CrashLoopBackOff", life["first"].Reason);
        life.Pass(9);
        life.Says("start first/2");
        life.Started("first", 2);
        life.Exited("first", 0, 2);
        life.Says("start second/0");
    }

    [Fact]
    public void A_failed_init_container_that_is_never_restarted_fails_the_pod()
    {
        var life = new LifeDesk(Policy("Never", Inits));
        life.Started("first");
        life.Exited("first", 3);
        life.Says("start first/0", "free 30s");
        Assert.Equal(PodPhase.Failed, life.Status.Phase);
        Assert.Equal("PodInitializing", life["a"].Reason);
    }

    [Fact]
    public void A_sidecar_holds_the_main_containers_until_it_has_started_and_never_again()
    {
        var life = new LifeDesk(Sidecar.Replace("\"Always\"", "\"Always\",\"startupProbe\":{\"tcpSocket\":{\"port\":80}}", StringComparison.Ordinal));
        life.Started("proxy");
        life.Pass(1);
        life.Says("start proxy/0", "Startup proxy/0");
        Assert.False(life["proxy"].Started);
        life.Acted(ActionPurpose.Startup, "proxy", true);
        life.Says("start a/0");
        life.Started("a");
        Assert.True(life.Status.Ready);
        life.Exited("proxy", 0);
        life.Says("start proxy/1");
        Assert.False(life.Status.Ready);
        life.Exited("a", 1);
        life.Says("start a/1"); // though the sidecar has not started yet
    }

    [Fact]
    public void A_sidecar_starts_again_whatever_the_policy_and_ends_once_the_main_containers_ended_for_good()
    {
        var life = new LifeDesk(Policy("Never", Sidecar));
        life.Started("proxy");
        life.Started("a");
        life.Exited("proxy", 0);
        life.Started("proxy", 1);
        life.Says("start proxy/0", "start a/0", "start proxy/1");
        life.Exited("a", 0);
        life.Says("stop proxy/1 30s");
        Assert.Equal(PodPhase.Succeeded, life.Status.Phase);
        life.Exited("proxy", 143, 1);
        life.Says();
        Assert.Equal(PodPhase.Succeeded, life.Status.Phase);
    }

    [Fact]
    public void The_next_main_container_waits_for_the_postStart_hook_of_the_one_before()
    {
        var life = new LifeDesk(Hooked);
        life.Started("a");
        life.Says("start a/0", "PostStart a/0");
        life.Acted(ActionPurpose.PostStart, "a", true);
        life.Says("start b/0");
    }

    [Fact]
    public void One_that_cannot_start_holds_up_nobody()
    {
        var life = new LifeDesk(Two);
        life.NotStarted("a", "ErrImageNeverPull");
        life.Says("start a/0", "start b/0");
        life.Started("b");
        Assert.Equal(PodPhase.Pending, life.Status.Phase);
    }

    [Theory]
    [InlineData("ErrImagePull", "ErrImagePull", "ImagePullBackOff")]
    [InlineData("ErrImageNeverPull", "ErrImageNeverPull", "ErrImageNeverPull")]
    [InlineData("InvalidImageName", "InvalidImageName", "InvalidImageName")]
    [InlineData("CreateContainerError", "CreateContainerError", "CreateContainerError")]
    public void What_cannot_be_had_is_tried_again_whatever_the_policy_and_counts_as_no_restart(string reason, string first, string later)
    {
        var life = new LifeDesk(Policy("Never", "\"containers\":[{\"name\":\"a\",\"image\":\"x\"}]"));
        life.Says("start a/0");
        foreach (var wait in (int[])[10, 20, 40])
        {
            life.NotStarted("a", reason);
            life.Pass(0.2);
            Assert.Equal((first, ContainerStage.Waiting), (life["a"].Reason, life["a"].Stage));
            life.Pass(5);
            Assert.Equal(later, life["a"].Reason);
            Assert.Contains("says the engine", life["a"].Message, StringComparison.Ordinal);
            life.Pass(wait - 5.3);
            life.Says();
            life.Pass(0.2);
            life.Says("start a/0");
        }
        life.Started("a");
        Assert.Equal((0, true), (life["a"].Restarts, life["a"].Ready));
    }

    [Fact]
    public void A_restarted_container_tells_how_the_run_before_ended()
    {
        var life = new LifeDesk(Two);
        life.Started("a");
        life.Started("b");
        life.TestNode.Report(new ContainerExited(life.Run, "a", 0, 137, "OOMKilled", "", life.TestNode.Now.Wall));
        life.Started("a", 1);
        Assert.Equal((ContainerStage.Running, 1, 137, "OOMKilled"), (life["a"].Stage, life["a"].Restarts, life["a"].Last!.Value.ExitCode, life["a"].Last!.Value.Reason));
    }

    [Fact]
    public void A_pod_that_is_active_for_too_long_fails()
    {
        var life = new LifeDesk("\"activeDeadlineSeconds\":5," + Two);
        life.Started("a");
        life.Started("b");
        life.Pass(4.9);
        life.Says("start a/0", "start b/0");
        life.Pass(0.2);
        life.Says("free 30s");
        Assert.Equal((PodPhase.Failed, "DeadlineExceeded", false), (life.Status.Phase, life.Status.Reason, life.Status.Ready));
        life.TestNode.Report(new PodStopped(life.Run));
        Assert.Equal((ContainerStage.Terminated, 137), (life["a"].Stage, life["a"].ExitCode));
        Assert.Equal(0, life.TestNode.Room.Books.Count);
    }

    [Fact]
    public void An_evicted_pod_says_so_and_goes_elsewhere()
    {
        var life = new LifeDesk(Two);
        life.Started("a");
        life.TestNode.Report(new PodFailed(life.Run, "Evicted", "emptyDir is full"));
        life.Says("start a/0", "start b/0", "free 30s");
        Assert.Equal("Evicted", life.Status.Reason);
        life.TestNode.Report(new PodStopped(life.Run));
        Assert.Empty(life.TestNode.Admissions);
        Assert.Equal(new Epoch(2), life.TestNode.Run.Epoch);
    }
}
