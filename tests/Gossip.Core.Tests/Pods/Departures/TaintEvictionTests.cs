using System.Text;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Scheduling;
using Gossip.Core.Tables;
using Gossip.Core.Templates;
using Gossip.Core.Tests.Scheduling;

namespace Gossip.Core.Tests.Pods.Departures;

/// <summary>NoExecute: a pod leaves its node at once, after the time for which it tolerates the taint, or never.</summary>
public class TaintEvictionTests
{
    const string Broken = """[{"key":"broken","value":"yes","effect":"NoExecute"}]""";

    static LifeDesk Running(string tolerations)
    {
        var life = new LifeDesk($"\"tolerations\":[{tolerations}],\"containers\":[{{\"name\":\"a\"}}]");
        life.Started("a");
        life.Says("start a/0");
        return life;
    }

    static Uid Taint(TestNode desk, string taints) => desk.Create(new ObjectName("Node", "", desk.Find(desk.Self)!.Name), ("spec.taints", taints));

    /// <summary>The kinds of toleration in Kubernetes' documentation; null: it stays for ever.</summary>
    public static TheoryData<string, double?> Cases => new()
    {
        { "", 0 },
        { """{"key":"other","operator":"Exists","effect":"NoExecute"}""", 0 },
        { """{"key":"broken","operator":"Equal","value":"no","effect":"NoExecute"}""", 0 },
        { """{"key":"broken","operator":"Exists","effect":"NoSchedule"}""", 0 },
        { """{"key":"broken","operator":"Exists","effect":"NoExecute"}""", null },
        { """{"key":"broken","value":"yes"}""", null },
        { """{"operator":"Exists"}""", null },
        { """{"key":"broken","operator":"Exists","effect":"NoExecute","tolerationSeconds":30}""", 30 },
        { """{"key":"broken","operator":"Exists","effect":"NoExecute","tolerationSeconds":0}""", 0 },
        { """{"key":"broken","operator":"Exists","effect":"NoExecute","tolerationSeconds":-5}""", 0 },
        { """{"key":"broken","operator":"Exists","effect":"NoExecute","tolerationSeconds":30},{"operator":"Exists"}""", 30 },
    };

    [Theory, MemberData(nameof(Cases))]
    public void A_pod_stays_as_long_as_it_tolerates_the_taint(string tolerations, double? seconds)
    {
        var life = Running(tolerations);
        Taint(life.TestNode, Broken);
        if (seconds is { } time and > 0)
        {
            life.Pass(time - 0.1);
            life.Says();
            life.Pass(0.2);
        }
        else life.Pass(3600);
        if (seconds is null) life.Says();
        else life.Says("free 30s");
    }

    [Fact]
    public void What_leaves_says_why_and_is_open_for_others()
    {
        var life = Running("");
        Taint(life.TestNode, Broken);
        life.TestNode.Remove(life.TestNode.Create(new ObjectName("ConfigMap", "default", "any"))); // the log has confirmed
        Assert.Equal(("TaintManagerEviction", "taint broken=yes:NoExecute is not tolerated", true), (life.Status.Reason, life.Status.Message, life.Status.Draining));
        Assert.NotNull(life.TestNode.Slots.Find(life.Run.Pod)!.OpenSince);
    }

    [Fact]
    public void A_taint_that_is_gone_in_time_was_nothing_and_a_new_one_counts_anew()
    {
        var life = Running("""{"operator":"Exists","effect":"NoExecute","tolerationSeconds":10}""");
        var node = Taint(life.TestNode, Broken);
        life.Pass(9);
        life.TestNode.Write(node, "spec.taints", "[]");
        life.Pass(60);
        life.Says();
        life.TestNode.Write(node, "spec.taints", Broken);
        life.Pass(9);
        life.Says();
        life.Pass(2);
        life.Says("free 30s");
    }

    [Fact]
    public void Of_several_taints_the_shortest_patience_counts()
    {
        var life = Running("""{"key":"a","operator":"Exists","effect":"NoExecute","tolerationSeconds":60},{"key":"b","operator":"Exists","effect":"NoExecute","tolerationSeconds":5}""");
        Taint(life.TestNode, """[{"key":"a","effect":"NoExecute"},{"key":"b","effect":"NoExecute"},{"key":"c","effect":"NoSchedule"}]""");
        life.Pass(4.9);
        life.Says();
        life.Pass(0.2);
        life.Says("free 30s");
    }

    [Fact]
    public void A_pod_that_is_adopted_on_a_tainted_node_leaves_it()
    {
        var desk = new TestNode(rank: 3);
        desk.Admit(desk.Self, epoch: 1, ready: true);
        Taint(desk, Broken);
        var launch = new PodLaunch(new PodRun(desk.Pods[0], new Epoch(1)), "web-0", "default", "", "n", desk.Slots.Find(desk.Pods[0])!.Template);
        desk.Start(new SurvivingPod(RuntimeNames.Process, launch, "127.0.0.9", [new SurvivingContainer("web", 0, default, null)]));
        Assert.Empty(desk.Commands); // not before its tables are believed
        desk.Sync();
        desk.Did<StopPod>();
    }

    [Fact]
    public void A_pod_that_would_be_driven_out_at_once_is_not_bid_for()
    {
        var template = PodTemplateReader.TryRead(Encoding.UTF8.GetBytes(LifeDesk.Template("""
            "tolerations":[{"operator":"Exists","effect":"NoExecute","tolerationSeconds":0}],"containers":[{"name":"a"}]
            """)), out _)!;
        Assert.False(new Core.Scheduling.Filters.TaintFilter().Check(template, Some.Node with { Taints = [new Taint("broken", "", TaintEffect.NoExecute)] }).Passes);
    }

    [Fact]
    public void The_node_that_a_pod_was_evicted_from_holds_back_for_a_while()
    {
        var desk = new TestNode(rank: 3).Start().Sync();
        desk.RunHere();
        var slot = desk.Slots.Find(desk.Pods[0])!;
        desk.EndRun(slot, RunEnd.Evicted);
        Assert.Equal("EvictionByEvictionAPI", desk.Own.Status.Reason);
        desk.Report(new PodStopped(desk.Own.Run));
        desk.Hear(desk.Others[0], new Ask(7, desk.Run));
        Assert.Contains("evicted from here", Assert.Single(desk.Take<Refusal>()).Message.Why, StringComparison.Ordinal);
        desk.Pass(TimeSpan.FromSeconds(5));
        desk.Take<Refusal>();
        desk.Hear(desk.Others[0], new Ask(8, desk.Run));
        Assert.DoesNotContain(desk.Take<Refusal>(), said => said.Message.Why.Contains("evicted", StringComparison.Ordinal));
    }
}
