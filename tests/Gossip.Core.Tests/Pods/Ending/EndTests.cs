using Gossip.Core.Ports;

namespace Gossip.Core.Tests.Pods.Ending;

/// <summary>Hooks, and in which order a pod ends within its grace.</summary>
public class EndTests
{
    const string PreStop = "\"lifecycle\":{\"preStop\":{\"exec\":{\"command\":[\"x\"]}}}";
    const string Plain = "\"containers\":[{\"name\":\"a\"},{\"name\":\"b\"}]";
    const string Hooked = "\"terminationGracePeriodSeconds\":20,\"containers\":[{\"name\":\"a\"," + PreStop + "},{\"name\":\"b\"}]";
    const string Sidecars = "\"initContainers\":[{\"name\":\"x\",\"restartPolicy\":\"Always\"},{\"name\":\"y\",\"restartPolicy\":\"Always\"}],\"terminationGracePeriodSeconds\":20,"
        + "\"containers\":[{\"name\":\"a\"},{\"name\":\"b\"}]";

    static LifeDesk Running(string spec, params string[] containers)
    {
        var life = new LifeDesk(spec);
        foreach (var container in containers) life.Started(container);
        Assert.True(life.Status.Ready);
        life.TestNode.Commands.Clear();
        return life;
    }

    [Fact]
    public void A_pod_without_hooks_and_sidecars_ends_with_one_command()
    {
        var life = Running(Plain, "a", "b");
        life.Delete();
        life.Says("free 30s");
    }

    [Theory]
    [InlineData("\"containers\":[{\"name\":\"a\"}]", "")]
    [InlineData("\"containers\":[{\"name\":\"a\",\"ports\":[{\"containerPort\":80,\"hostPort\":80}]}]", "free 30s")]
    [InlineData("\"volumes\":[{\"name\":\"m\",\"emptyDir\":{\"medium\":\"Memory\"}}],\"containers\":[{\"name\":\"a\"}]", "free 30s")]
    public void What_ended_for_good_keeps_its_logs_unless_it_holds_what_others_may_want(string spec, string told)
    {
        var life = Running("\"restartPolicy\":\"Never\"," + spec, "a");
        life.Exited("a", 0);
        life.Says(told.Split('|', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void PreStop_comes_before_SIGTERM_and_both_share_the_grace()
    {
        var life = Running(Hooked, "a", "b");
        life.Delete();
        life.Says("PreStop a/0", "stop b/0 20s");
        life.Exited("b", 143);
        life.Pass(5);
        life.Acted(ActionPurpose.PreStop, "a", true);
        life.Says("stop a/0 15s");
        life.Exited("a", 143);
        life.Says("free 15s");
    }

    [Theory, InlineData("0", "free 0s"), InlineData("7", "PreStop a/0|stop b/0 7s")]
    public void Who_deletes_may_ask_for_another_grace_and_without_any_no_hook_runs(string grace, string told)
    {
        var life = Running(Hooked, "a", "b");
        life.Delete(grace);
        life.Says(told.Split('|'));
    }

    [Fact]
    public void SIGTERM_has_two_seconds_at_least()
    {
        var life = Running(Hooked, "a", "b");
        life.Delete();
        life.Pass(19.5);
        life.Acted(ActionPurpose.PreStop, "a", false);
        life.Says("PreStop a/0", "stop b/0 20s", "stop a/0 2s");
    }

    [Fact]
    public void Whatever_hooks_do_the_pod_is_freed_a_little_after_its_grace()
    {
        var life = Running(Hooked, "a", "b");
        life.Delete();
        life.Pass(20);
        life.Says("PreStop a/0", "stop b/0 20s");
        life.Pass(4);
        life.Says("free 0s");
    }

    [Fact]
    public void Sidecars_end_after_the_main_containers_the_last_one_first()
    {
        var life = Running(Sidecars, "x", "y", "a", "b");
        life.Delete();
        life.Says("stop a/0 20s", "stop b/0 20s");
        life.Exited("b", 143);
        life.Pass(1);
        life.Says();
        life.Exited("a", 0);
        life.Says("stop y/0 19s");
        life.Exited("y", 143);
        life.Says("stop x/0 19s");
        life.Exited("x", 143);
        life.Says("free 19s");
        Assert.Contains(life.Status.Notes, note => note.Reason == "Killing");
    }

    [Fact]
    public void A_failed_postStart_hook_ends_the_container_which_starts_again()
    {
        var life = new LifeDesk("\"containers\":[{\"name\":\"a\",\"lifecycle\":{\"postStart\":{\"exec\":{\"command\":[\"x\"]}}}}]");
        life.Started("a");
        Assert.False(life.Status.Ready);
        life.Acted(ActionPurpose.PostStart, "a", false);
        life.Says("start a/0", "PostStart a/0", "stop a/0 30s");
        life.Pass(1);
        life.Exited("a", 143);
        life.Says("start a/1");
        Assert.Contains(life.Status.Notes, note => note is { Reason: "FailedPostStartHook", Container: "a" });
    }

    [Fact]
    public void A_failed_liveness_probe_runs_the_preStop_hook_and_a_silent_hook_does_not_save_the_container()
    {
        var life = Running("\"containers\":[{\"name\":\"a\"," + PreStop + ",\"livenessProbe\":{\"tcpSocket\":{\"port\":80},\"failureThreshold\":1,\"terminationGracePeriodSeconds\":3}}]", "a");
        life.Pass(1);
        life.Acted(ActionPurpose.Liveness, "a", false);
        life.Says("Liveness a/0", "PreStop a/0");
        life.Pass(7);
        life.Says("stop a/0 2s");
        life.Acted(ActionPurpose.PreStop, "a", true);
        life.Says();
    }
}
