using Gossip.Core.Ports;
using Gossip.Core.Tables;

namespace Gossip.Core.Tests.Pods.Probing;

/// <summary>When containers are probed, and what their answers do.</summary>
public class ProbeTests
{
    static string Probed(string probes, string policy = "Always") =>
        $"\"restartPolicy\":\"{policy}\",\"containers\":[{{\"name\":\"a\",{probes}}}]";

    static string Probe(string kind, string more = "") => $"\"{kind}Probe\":{{\"tcpSocket\":{{\"port\":80}},\"periodSeconds\":10{more}}}";

    static LifeDesk Running(string spec)
    {
        var life = new LifeDesk(spec);
        life.Started("a");
        life.Says("start a/0");
        return life;
    }

    static void Answer(LifeDesk life, ActionPurpose purpose, bool passed)
    {
        life.Pass(10);
        life.Says($"{purpose} a/0");
        life.Acted(purpose, "a", passed);
    }

    [Fact]
    public void The_first_probe_comes_a_moment_after_its_delay_and_then_every_period_but_never_two_at_once()
    {
        var life = Running(Probed(Probe("readiness", ",\"initialDelaySeconds\":5")));
        life.Pass(5);
        life.Says();
        life.Pass(0.3);
        life.Says("Readiness a/0");
        life.Pass(60);
        life.Says(); // the first has not been answered
        life.Acted(ActionPurpose.Readiness, "a", true);
        life.Says("Readiness a/0");
        life.Acted(ActionPurpose.Readiness, "a", true);
        life.Pass(9.9);
        life.Says();
        life.Pass(0.2);
        life.Says("Readiness a/0");
    }

    [Fact]
    public void Startup_comes_before_the_others()
    {
        var life = Running(Probed($"{Probe("startup")},{Probe("liveness")},{Probe("readiness")}"));
        Answer(life, ActionPurpose.Startup, false);
        Assert.False(life["a"].Started);
        Answer(life, ActionPurpose.Startup, true);
        Assert.True(life["a"].Started);
        life.Pass(1);
        Assert.Equal([ActionPurpose.Liveness, ActionPurpose.Readiness], life.TestNode.Commands.Cast<RunAction>().Select(act => act.Purpose).Order());
    }

    [Fact]
    public void Readiness_takes_its_successes_and_failures_in_a_row_and_kills_nothing()
    {
        var life = Running(Probed(Probe("readiness", ",\"successThreshold\":2,\"failureThreshold\":3")));
        foreach (var (passed, ready) in ((bool, bool)[])[(true, false), (false, false), (true, false), (true, true), (false, true), (false, true), (false, false), (true, false), (true, true)])
        {
            Answer(life, ActionPurpose.Readiness, passed);
            Assert.Equal((ready, ready), (life["a"].Ready, life.Status.Ready));
        }
        Assert.Equal(0, life["a"].Restarts);
        Assert.Equal(life.TestNode.Now.Wall, life.Status.ReadySince);
    }

    [Theory, InlineData("liveness", ActionPurpose.Liveness), InlineData("startup", ActionPurpose.Startup)]
    public void Failing_for_good_ends_the_container_with_the_probes_grace_and_it_starts_again(string kind, ActionPurpose purpose)
    {
        var life = Running(Probed(Probe(kind, ",\"failureThreshold\":2,\"terminationGracePeriodSeconds\":7")));
        Answer(life, purpose, false);
        Answer(life, purpose, false);
        life.Says("stop a/0 7s");
        Assert.False(life.Status.Ready);
        life.Pass(5);
        life.Says(); // no probe while it ends
        life.Exited("a", 137);
        life.Says("start a/1");
        life.Started("a", 1);
        life.Acted(purpose, "a", false, attempt: 0); // of the run before
        life.Pass(1);
        life.Says($"{purpose} a/1");
    }

    [Fact]
    public void What_is_never_restarted_is_killed_all_the_same()
    {
        var life = Running(Probed(Probe("liveness", ",\"failureThreshold\":1"), "Never"));
        Answer(life, ActionPurpose.Liveness, false);
        life.Exited("a", 143);
        life.Says("stop a/0 30s");
        Assert.Equal(PodPhase.Failed, life.Status.Phase);
    }

    [Fact]
    public void Failures_are_told_when_their_count_has_doubled_and_not_each_time()
    {
        var life = Running(Probed(Probe("readiness")));
        var writes = 0;
        for (var i = 1; i <= 100; i++)
        {
            var before = life.TestNode.Tables.History.Count;
            Answer(life, ActionPurpose.Readiness, false);
            writes += life.TestNode.Tables.History.Count - before;
        }
        Assert.InRange(writes, 7, 8); // 1, 2, 4 ... 64, and one that followed the start
        Assert.Equal(new PodNote("Unhealthy", "a", "Readiness probe failed: says no", 64), life.Status.Notes.Single(note => note.Reason == "Unhealthy"));
    }

    [Fact]
    public void An_adopted_container_stays_ready_until_a_probe_says_otherwise()
    {
        var spec = Probed($"{Probe("startup")},{Probe("readiness", ",\"failureThreshold\":1")}");
        var desk = new Scheduling.TestNode(rank: 3, template: LifeDesk.Template(spec));
        var state = new ContainerState("a", ContainerStage.Running, 2, default, 0, "", "") { Ready = true, Started = true };
        desk.Admit(desk.Self, 1, ready: true, status: status => status with { Containers = [state] });
        var run = desk.Own.Run;
        var launch = new PodLaunch(run, "web-0", "default", "", "n", desk.Slots.Find(run.Pod)!.Template);
        desk.Start(new SurvivingPod("process", launch, "127.0.0.9", [new SurvivingContainer("a", 2, default, null)])).Sync();
        Assert.True(desk.Own.Status.Ready);
        desk.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(ActionPurpose.Readiness, desk.Did<RunAction>().Purpose);
        desk.Report(new ActionEnded(run, "a", 2, ActionPurpose.Readiness, false, "no"));
        Assert.False(desk.Own.Status.Ready);
    }
}
