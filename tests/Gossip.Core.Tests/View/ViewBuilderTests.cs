using Gossip.Core.Explain;
using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Tables;
using Gossip.Core.Tests.Tables;
using Gossip.Core.Turns;
using Gossip.Core.View;
using static Gossip.Core.Tests.Tables.TestCluster;

namespace Gossip.Core.Tests.View;

public class ViewBuilderTests
{
    readonly TestCluster cluster = new();

    void Publish(Slot slot, NodeId winner, params RoundAnswer[] answers)
    {
        var round = new RoundSummary(new PodRun(slot.Id, slot.NextEpoch), NodeId.Of("n0"), 1, answers.Length, answers.Count(answer => answer.IsBid), winner, cluster.Tables.Tick(cluster.Now), answers);
        cluster.Tables.Create(RowKind.Summary, [(Core.Replication.Fields.Birth, PodCodec.SlotBirth(slot.Id)), (Core.Replication.Fields.Round, round.Cell)], new Turn(cluster.Now, cluster.Effects));
        cluster.Settle();
    }

    [Fact]
    public void The_same_view_is_handed_out_until_something_changes()
    {
        cluster.Create("hello", 1);
        var view = cluster.View;
        cluster.Pass(TimeSpan.FromMinutes(1));
        Assert.Same(view, cluster.View);
        cluster.Admit(cluster.Wanted[0], "n1");
        Assert.True(cluster.View.Version > view.Version);
    }

    /// <summary>The first owner's node is dead, and shown until its grace is over. No row and no member tells of that moment.</summary>
    [Fact]
    public void A_grace_that_ends_while_a_second_admission_stands_makes_another_view()
    {
        cluster.Create("hello", 1);
        cluster.Admit(cluster.Wanted[0], "n1");
        cluster.Admit(cluster.Wanted[0], "n2");
        cluster.Member("n1", MemberState.Dead);
        var view = cluster.View;
        Assert.Equal("n1", Assert.Single(view.Pods).NodeName);
        cluster.Pass(NodeTimings.Lan.LossGrace);
        var pod = Assert.Single(cluster.View.Pods);
        Assert.Equal("n2", pod.NodeName);
        Assert.True(cluster.View.Version > view.Version && pod.Version > view.Pods[0].Version);
        Assert.Same(cluster.View, cluster.View);
    }

    [Fact]
    public void A_pod_nobody_runs_says_why()
    {
        cluster.Create("hello", 1);
        Assert.Equal(PendingReason.NoAuction, Assert.Single(cluster.View.Pods).PendingBecause);
        Publish(cluster.Wanted[0], NodeId.None,
            new RoundAnswer(NodeId.Of("n0"), -1, "needs 2000m cpu, 100m free"),
            new RoundAnswer(NodeId.Of("n1"), -1, "taint gpu=true:NoSchedule is not tolerated"),
            new RoundAnswer(NodeId.Of("n2"), -1, "needs 2000m cpu, 1500m free"));
        const string because = "0/3 nodes fit: needs 2000m cpu (2), taint gpu=true:NoSchedule is not tolerated (1)";
        Assert.Equal(because, Assert.Single(cluster.View.Pods).PendingBecause);
        Assert.Contains(cluster.View.Events, happened => happened is { Reason: "FailedScheduling", Warning: true, Message: because, About.Kind: "Pod" });

        cluster.Admit(cluster.Wanted[0], "n1");
        Assert.Equal("", Assert.Single(cluster.View.Pods).PendingBecause);
    }

    [Fact]
    public void A_pod_keeps_its_uid_through_restarts_of_containers_and_gets_another_with_each_epoch()
    {
        cluster.Create("hello", 1);
        var pending = Assert.Single(cluster.View.Pods).Uid;
        var admission = cluster.Admit(cluster.Wanted[0], "n1");
        Assert.Equal(pending, Assert.Single(cluster.View.Pods).Uid);
        cluster.Withdraw(admission);
        Assert.NotEqual(pending, Assert.Single(cluster.View.Pods).Uid);
    }

    [Fact]
    public void Endpoints_are_the_ready_pods_that_a_service_selects_on_live_nodes()
    {
        cluster.Create("hello", 4);
        cluster.Create("other", 1, Template.Replace("hello", "other"));
        var service = new ObjectName("Service", "default", "hello");
        cluster.Create(service, Field("spec.selector", """{"app":"hello"}"""));
        cluster.Create(new ObjectName("Service", "default", "headless"));
        cluster.Admit(cluster.Wanted[0], "n1");
        cluster.Admit(cluster.Wanted[1], "n1", ready: false);
        cluster.Admit(cluster.Wanted[2], "n2");
        cluster.Admit(cluster.Wanted[4], "n2");

        var endpoints = Assert.Single(cluster.View.Endpoints);
        Assert.Equal(["127.0.0.1", "127.0.0.3"], endpoints.Ready.Select(end => end.Ip));
        Assert.Equal(["127.0.0.2"], endpoints.NotReady.Select(end => end.Ip));

        cluster.Create(new ObjectName("ConfigMap", "default", "x"));
        Assert.Equal(endpoints.Version, Assert.Single(cluster.View.Endpoints).Version);
        cluster.Member("n2", MemberState.Dead);
        Assert.Equal(["127.0.0.1"], Assert.Single(cluster.View.Endpoints).Ready.Select(end => end.Ip));
        Assert.True(Assert.Single(cluster.View.Endpoints).Version > endpoints.Version);
    }

    [Fact]
    public void Events_tell_the_life_of_a_pod_and_repetitions_are_counted()
    {
        cluster.Create("hello", 1);
        var admission = cluster.Admit(cluster.Wanted[0], "n1", status: status => status with { Containers = [new("web", ContainerStage.Running, 0, default, 0, "", "")] });
        foreach (var restarts in (int[])[1, 2, 2])
        {
            var waiting = AdmissionStatus.Admitted with { Containers = [new("web", ContainerStage.Waiting, restarts, default, 1, "CrashLoopBackOff", "")] };
            cluster.Tables.Edit(admission, [(Core.Replication.Fields.Status, AdmissionCodec.Write(waiting))], new Turn(cluster.Now, cluster.Effects));
            cluster.Settle();
        }
        cluster.Withdraw(admission);
        cluster.Member("n1", MemberState.Dead);
        Assert.Equal(
            [("Scheduled", 1), ("Created", 1), ("Started", 1), ("BackOff", 2), ("Killing", 1), ("NodeNotReady", 1)],
            cluster.View.Events.Where(happened => happened.Reason != "NodeReady").Select(happened => (happened.Reason, happened.Count)));
        Assert.StartsWith("Successfully assigned default/hello-", cluster.View.Events.Single(happened => happened.Reason == "Scheduled").Message);
    }

    [Fact]
    public void What_only_the_pods_own_node_saw_is_an_event_everywhere_with_its_count()
    {
        cluster.Create("hello", 1);
        var admission = cluster.Admit(cluster.Wanted[0], "n1", status: status => status with { Notes = [new("Pulled", "web", "Image \"x\" is present", 1)] });
        foreach (var (count, message) in ((int, string)[])[(1, "timeout"), (2, "timeout"), (8, "timeout"), (16, "HTTP 500")])
        {
            var status = AdmissionStatus.Admitted with
            {
                Notes = [new("Unhealthy", "web", $"Liveness probe failed: {message}", count)],
                Containers = [new("web", ContainerStage.Waiting, 0, default, 0, "WaitingForDependencies", "svc/db has no ready endpoint")],
            };
            cluster.Tables.Edit(admission, [(Core.Replication.Fields.Status, AdmissionCodec.Write(status))], new Turn(cluster.Now, cluster.Effects));
            cluster.Settle();
        }
        Assert.Equal(
            [
                ("Pulled", false, "Image \"x\" is present (container web)", 1),
                ("WaitingForDependencies", true, "svc/db has no ready endpoint", 1),
                ("Unhealthy", true, "Liveness probe failed: timeout (container web)", 8),
                ("Unhealthy", true, "Liveness probe failed: HTTP 500 (container web)", 8),
            ],
            cluster.View.Events.Where(happened => happened.Reason is not ("NodeReady" or "Scheduled"))
                .Select(happened => (happened.Reason, happened.Warning, happened.Message, happened.Count)));
    }

    [Fact]
    public void The_oldest_events_make_room()
    {
        var log = new EventLog();
        for (var i = 0; i < EventLog.Kept + 10; i++) log.Note(Deployment("x"), "", false, "R", $"{i}", default);
        log.Note(Deployment("x"), "", false, "R", "10", default);
        Assert.Equal(EventLog.Kept, log.ToArray().Length);
        Assert.Equal(("11", "10", 2), (log.ToArray()[0].Message, log.ToArray()[^1].Message, log.ToArray()[^1].Count));
    }

    [Fact]
    public void Why_tells_of_a_placed_pod_who_bid_and_of_a_pending_one_what_stands_in_its_way()
    {
        cluster.Create("hello", 2);
        var (placed, pending) = (cluster.Wanted[0], cluster.Wanted[1]);
        Publish(placed, NodeId.Of("n1"), new RoundAnswer(NodeId.Of("n0"), 640, "free 64"), new RoundAnswer(NodeId.Of("n1"), 712, "free 71"), new RoundAnswer(NodeId.Of("n2"), -1, "node is cordoned"));
        cluster.Admit(placed, "n1");
        Publish(pending, NodeId.None, new RoundAnswer(NodeId.Of("n2"), -1, "node is cordoned"));

        var view = cluster.View;
        var report = Why.Explain(view.Pods[0], view);
        Assert.Equal("n1", report.Node);
        Assert.EndsWith("run 1: won with 71 over 2 bids; next best was n0 with 640", report.Headline);
        Assert.Equal([("n1", true, 712), ("n0", false, 640), ("n2", false, -1)], report.Answers.Select(answer => (answer.Node, answer.Won, answer.Score)));
        Assert.Contains("\n  * n1  bid 712: free 71\n    n0  bid 640: free 64\n    n2  refused: node is cordoned\n", report.ToText());
        Assert.Equal("pending: 0 of 3 nodes: 3 have no runtime process", Why.Explain(view.Pods[1], view).Headline);
    }
}
