using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Core.Tests.Tables;

namespace Gossip.Core.Tests.Pods;

/// <summary>A pod that depends on the service <c>db</c>, whose one pod another node runs.</summary>
public class DependencyTests
{
    const string Spec = "\"initContainers\":[{\"name\":\"first\"}],\"containers\":[{\"name\":\"a\"}]";
    const string Restarts = """{"gossip.dev/depends-on":"svc/db","gossip.dev/on-dependency-loss":"restart"}""";
    const string Waits = """{"gossip.dev/depends-on":"svc/db"}""";

    static (LifeDesk Life, PodId Db) Waiting(string annotations)
    {
        var life = new LifeDesk(Spec, annotations, prepared: false);
        life.TestNode.Create(new ObjectName("Service", "default", "db"), ("spec.selector", """{"app":"db"}"""));
        var template = TestCluster.Template.Replace("hello", "db", StringComparison.Ordinal);
        var db = life.TestNode.Create(TestCluster.Deployment("db"), ("spec.replicas", "1"), ("spec.template", template));
        return (life, life.TestNode.Slots.Slots.Single(slot => slot.Id.Workload == db).Id);
    }

    static (LifeDesk Life, Uid Db) Running(string annotations)
    {
        var (life, pod) = Waiting(annotations);
        var db = life.TestNode.Admit(life.TestNode.Others[1], 1, ready: true, pod: pod);
        life.Pass(0.1);
        life.Says("prepare");
        life.Prepared();
        life.Started("first");
        life.Exited("first", 0);
        life.Started("a");
        life.Says("start first/0", "start a/0");
        Assert.True(life.Status.Ready);
        return (life, db);
    }

    [Fact]
    public void Nothing_starts_while_a_service_has_no_ready_endpoint()
    {
        var (life, pod) = Waiting(Waits);
        life.Pass(5);
        life.Says();
        Assert.Equal(("WaitingForDependencies", "svc/db has no ready endpoint"), (life["a"].Reason, life["a"].Message));
        var db = life.TestNode.Admit(life.TestNode.Others[1], 1, ready: false, pod: pod);
        life.Pass(1);
        life.Says();
        life.TestNode.Edit(db, AdmissionStatus.Admitted with { Phase = PodPhase.Running, Ready = true });
        life.Pass(0.1);
        life.Says("prepare");
    }

    [Fact]
    public void A_pod_whose_dependency_was_lost_waits_for_it_and_starts_again()
    {
        var (life, db) = Running(Restarts);
        life.TestNode.Edit(db, AdmissionStatus.Admitted);
        life.Pass(0.9);
        life.Says();
        life.Pass(0.3);
        life.Says("stop a/0 30s");
        Assert.False(life.Status.Ready);
        life.Exited("a", 0);
        life.Pass(5);
        life.Says();
        Assert.Equal("WaitingForDependencies", life["a"].Reason);
        life.TestNode.Edit(db, AdmissionStatus.Admitted with { Phase = PodPhase.Running, Ready = true });
        life.Pass(0.1);
        life.Says("start a/1"); // not the init container: what it did is still there
        life.Started("a", 1);
        Assert.Equal((true, 1, "DependencyLost"), (life.Status.Ready, life["a"].Restarts, life["a"].Last!.Value.Reason));
    }

    [Fact]
    public void The_death_of_the_node_that_serves_it_is_a_loss()
    {
        var (life, _) = Running(Restarts);
        life.TestNode.Die(life.TestNode.Others[1]);
        life.Pass(1.2);
        life.Says("stop a/0 30s");
    }

    [Fact]
    public void A_moment_without_an_endpoint_is_no_loss()
    {
        var (life, db) = Running(Restarts);
        life.TestNode.Edit(db, AdmissionStatus.Admitted);
        life.Pass(0.5);
        life.TestNode.Edit(db, AdmissionStatus.Admitted with { Phase = PodPhase.Running, Ready = true });
        life.Pass(10);
        life.Says();
    }

    [Fact]
    public void A_pod_that_only_waits_for_its_dependency_survives_its_loss()
    {
        var (life, db) = Running(Waits);
        life.TestNode.Change(life.TestNode.Others[1], member => member with { State = MemberState.Left });
        life.TestNode.Remove(db);
        life.Pass(10);
        life.Says();
    }
}
