using Gossip.Core.Explain;
using Gossip.Core.Primitives;
using static Gossip.Core.Tests.Explain.PretendCluster;

namespace Gossip.Core.Tests.Explain;

public class PlacingTests
{
    const string Apart = """ "affinity":{"podAntiAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{"topologyKey":"kubernetes.io/hostname","labelSelector":{"matchLabels":{"app":"web"}}}]}} """;

    static Intent Deployment(string name, int replicas, string spec = "", string cpu = "1") => new(new ObjectName("Deployment", "default", name), [.. DeploymentFields(replicas, name, spec, cpu)]);

    static Intent Pod(string name, string app, string spec = "", string cpu = "1") => new(new ObjectName("Pod", "default", name), [.. PodFields(app, spec, cpu)]);

    static string Beside(string app, string key = "kubernetes.io/hostname") => $$$$"""
        "affinity":{"podAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{"topologyKey":"{{{{key}}}}","labelSelector":{"matchLabels":{"app":"{{{{app}}}}"}}}]}}
        """;

    static string Nodes(PlannedWorkload workload) => string.Join(' ', workload.Placed.Select(pod => pod.Node).Order(StringComparer.Ordinal));

    [Fact]
    public void What_fits_is_spread_as_the_auction_would_and_what_does_not_says_why()
    {
        var cluster = new PretendCluster().Node("n1").Node("n2").Node("n3", cpu: 1500);
        var plan = Placing.Of(cluster.View, [Deployment("web", 12)]);
        var web = Assert.Single(plan.Workloads);
        Assert.Equal("n1 n1 n1 n1 n2 n2 n2 n2 n3", Nodes(web));
        var misfit = Assert.Single(web.Misfits);
        Assert.Equal((3, "0 of 3 nodes: 3 lack cpu (nearest: n3 lacks 0.5 cpu)"), (misfit.Pods, misfit.Because));
        Assert.False(plan.Fits);
        Assert.Equal((0, 12), (web.Before, web.After));
        Assert.True(Placing.Of(cluster.View, [Deployment("web", 9)]).Fits);
    }

    [Fact]
    public void Pods_planned_before_take_room_and_ports_and_count_for_rules()
    {
        var cluster = new PretendCluster().Node("n1").Node("n2").Pod("old", "web", on: "n2");
        Assert.Equal("n1", Nodes(Placing.Of(cluster.View, [Pod("new", "x", Apart)]).Workloads[0]));

        var two = Placing.Of(new PretendCluster().Node("n1").Node("n2").View, [Deployment("web", 3, Apart)]).Workloads[0];
        Assert.Equal("n1 n2", Nodes(two));
        Assert.Equal("0 of 2 nodes: 2 have pods app=web, which it must not share (nearest: n1 has 1)", Assert.Single(two.Misfits).Because);

        const string port = """ "containers":[{"name":"a","ports":[{"containerPort":80,"hostPort":8080}]}] """;
        var ports = Placing.Of(new PretendCluster().Node("n1").View, [Pod("a", "a", port), Pod("b", "b", port)]);
        Assert.Equal("0 of 1 nodes: 1 has host port 8080/tcp taken", Assert.Single(ports.Workloads[1].Misfits).Because);
    }

    [Fact]
    public void A_pod_that_needs_one_of_a_later_document_waits_for_it()
    {
        var cluster = new PretendCluster().Node("n1").Node("n2");
        var plan = Placing.Of(cluster.View, [Pod("a", "a", Beside("b")), Pod("b", "b", """ "nodeName":"n2" """)]);
        Assert.True(plan.Fits);
        Assert.Equal("n2", Nodes(plan.Workloads[0]));
        var circle = Placing.Of(cluster.View, [Pod("a", "a", Beside("b")), Pod("b", "b", Beside("a"))]);
        Assert.Contains("go in a circle", Assert.Single(circle.Workloads[0].Misfits).Because);
    }

    [Fact]
    public void Only_what_changes_moves()
    {
        var cluster = new PretendCluster().Node("n1").Node("n2").Deployment("web", 3, "", "1", "n1", "n2", "n1");
        var same = Placing.Of(cluster.View, [Deployment("web", 3)]).Workloads[0];
        Assert.Equal((3, 0, 0), (same.Stay.Length, same.Placed.Length, same.Leave.Length));

        var up = Placing.Of(cluster.View, [Deployment("web", 5)]).Workloads[0];
        Assert.Equal((3, 2, 0, 3, 5), (up.Stay.Length, up.Placed.Length, up.Leave.Length, up.Before, up.After));
        Assert.Equal(["3", "4"], up.Placed.Select(pod => pod.Pod[^1..]));

        var down = Placing.Of(cluster.View, [Deployment("web", 1)]).Workloads[0];
        Assert.Equal(["scaled down", "scaled down"], down.Leave.Select(pod => pod.Because));
        Assert.EndsWith("-0", Assert.Single(down.Stay).Pod); // the oldest

        var other = Placing.Of(cluster.View, [Deployment("web", 3, cpu: "2")]).Workloads[0];
        Assert.Equal((0, 3, 3), (other.Stay.Length, other.Placed.Length, other.Leave.Length));
        Assert.All(other.Leave, pod => Assert.Equal("its template changes", pod.Because));
    }

    [Fact]
    public void What_leaves_makes_room_for_what_comes()
    {
        // 1 cpu of n1 is free, 3 are the old pods'.
        var cluster = new PretendCluster().Node("n1", cpu: 1000).Deployment("web", 3, "", "1", "n1", "n1", "n1");
        Assert.True(Placing.Of(cluster.View, [Deployment("web", 1, cpu: "4")]).Fits);
        Assert.False(Placing.Of(cluster.View, [Deployment("other", 1, cpu: "4")]).Fits);
    }

    [Fact]
    public void A_pod_that_is_pending_already_is_looked_at_anew()
    {
        var cluster = new PretendCluster().Node("n1").Deployment("web", 2, "", "1", "n1");
        var plan = Placing.Of(cluster.View, [Deployment("web", 2)]).Workloads[0];
        Assert.Equal((1, 1), (plan.Stay.Length, plan.Placed.Length));
    }

    [Fact]
    public void Greater_priority_is_placed_first()
    {
        var cluster = new PretendCluster().Node("n1", cpu: 1000);
        var high = new Intent(new ObjectName("PriorityClass", "", "high"), [Field("value", "1000")]);
        var plan = Placing.Of(cluster.View, [Pod("low", "a"), Pod("important", "b", """ "priorityClassName":"high" """), high]);
        Assert.Equal([0, 1], plan.Workloads.Select(workload => workload.Placed.Length));
        Assert.Equal(1000, plan.Workloads[1].Priority);
        Assert.Equal("there is no PriorityClass \"high\"", Assert.Single(Placing.Of(cluster.View, [Pod("x", "x", """ "priorityClassName":"high" """)]).Workloads[0].Misfits).Because);
    }

    [Fact]
    public void What_is_gated_or_beyond_all_measure_is_not_placed()
    {
        var cluster = new PretendCluster().Node("n1");
        var gated = Placing.Of(cluster.View, [Pod("p", "p", """ "schedulingGates":[{"name":"quota"}] """)]);
        Assert.Equal("held by scheduling gates: quota", Assert.Single(gated.Workloads[0].Misfits).Because);
        var many = Placing.Of(cluster.View, [Deployment("a", 100_000, cpu: "0"), Deployment("b", 2, cpu: "0")]);
        Assert.Equal((110, 99_890), (many.Workloads[0].Placed.Length, Assert.Single(many.Workloads[0].Misfits).Pods));
        Assert.Equal("spec.replicas: is not a whole number from 0 to 100000", Assert.Single(Placing.Of(cluster.View, [Deployment("a", 1_000_000)]).Workloads[0].Misfits).Because);
        Assert.Equal("not looked at: a plan places 100000 pods at most", Assert.Single(many.Workloads[1].Misfits).Because);
    }

    [Fact]
    public void Planning_changes_nothing_and_says_the_same_again()
    {
        var view = new PretendCluster().Node("n1").Node("n2").Deployment("web", 3, Apart, "1", "n1").View;
        string Told() => string.Join('\n', Placing.Of(view, [Deployment("web", 4, Apart), Deployment("other", 3)]).Workloads.SelectMany(workload => workload.Placed));
        Assert.Equal(Told(), Told());
        Assert.Equal(2, view.Pods.Count(pod => pod.Standing is null));
    }

    [Fact]
    public void A_plan_can_be_given_up()
    {
        using var gaveUp = new CancellationTokenSource();
        gaveUp.Cancel();
        Assert.Throws<OperationCanceledException>(() => Placing.Of(new PretendCluster().Node("n1").View, [Deployment("web", 1)], gaveUp.Token));
    }

    static readonly Intent High = new(new ObjectName("PriorityClass", "", "high"), [Field("value", "1000")]);

    static Intent Important(string name, string cpu) => Pod(name, "important", """ "priorityClassName":"high" """, cpu);

    [Fact]
    public void Pods_of_lower_priority_make_room_where_it_costs_least()
    {
        // n1 is full with two small pods, n2 with one: one victim is less than two.
        var cluster = new PretendCluster().Node("n1", cpu: 0).Node("n2", cpu: 0)
            .Pod("a", cpu: "2", on: "n1").Pod("b", cpu: "2", on: "n1").Pod("c", cpu: "4", on: "n2");
        var plan = Placing.Of(cluster.View, [High, Important("p", "3"), Pod("c", "web", cpu: "4")]);
        Assert.True(plan.Fits);
        var placed = Assert.Single(plan.Workloads[0].Placed);
        Assert.Equal(("n2", "default/c"), (placed.Node, Assert.Single(placed.Evicts)));
        Assert.Equal(1, plan.Evictions);
        Assert.Equal("makes room for a greater priority", Assert.Single(plan.Workloads[1].Leave).Because);
        Assert.Empty(plan.Workloads[1].Stay);
        Assert.False(Placing.Of(cluster.View, [Pod("p", "web", cpu: "3")]).Fits);
        Assert.False(Placing.Of(cluster.View, [High with { Fields = [.. High.Fields, Field("preemptionPolicy", "\"Never\"")] }, Important("p", "3")]).Fits);
    }

    [Fact]
    public void A_pod_is_evicted_once_and_not_for_one_that_fits_elsewhere()
    {
        var cluster = new PretendCluster().Node("n1", cpu: 0).Node("n2", cpu: 1000).Pod("a", cpu: "4", on: "n1");
        var plan = Placing.Of(cluster.View, [High, Important("small", "1"), Important("p", "4"), Important("q", "4")]);
        Assert.Equal(["n2", "n1", ""], plan.Workloads.Select(Nodes));
        Assert.Equal(1, plan.Evictions);
    }

    [Fact]
    public void A_budget_sends_eviction_elsewhere()
    {
        var cluster = new PretendCluster().Node("n1", cpu: 0).Node("n2", cpu: 0).Pod("a", "kept", cpu: "4", on: "n1").Pod("b", "web", cpu: "2", on: "n2").Pod("c", "web", cpu: "2", on: "n2");
        string Node() => Nodes(Placing.Of(cluster.View, [High, Important("p", "3")]).Workloads[0]);
        Assert.Equal("n1", Node());
        cluster.Object(new ObjectName("PodDisruptionBudget", "default", "kept"), Field("spec.minAvailable", "1"), Field("spec.selector", """{"matchLabels":{"app":"kept"}}"""));
        Assert.Equal("n2", Node());
    }

    [Fact]
    public void A_gang_has_places_for_all_it_needs_or_for_none()
    {
        var cluster = new PretendCluster().Node("n1");
        static Intent Gang(string name, int replicas, int min) => new(new ObjectName("Deployment", "default", name),
        [
            Field("spec.replicas", $"{replicas}"),
            Field("spec.template", $$$$"""{"metadata":{"labels":{"app":"{{{{name}}}}"},"annotations":{"gossip.dev/gang":"{{{{name}}}}/{{{{min}}}}"}},"spec":{"runtimeClassName":"process","containers":[{"name":"a","resources":{"requests":{"cpu":"1"}}}]}}"""),
        ]);
        var none = Placing.Of(cluster.View, [Gang("mpi", 5, 5), Deployment("web", 1)]);
        Assert.Equal("gang mpi starts with 5 pods or not at all, and 4 would have a place", Assert.Single(none.Workloads[0].Misfits).Because);
        Assert.Equal([0, 1], none.Workloads.Select(workload => workload.Placed.Length));
        var four = Placing.Of(cluster.View, [Gang("mpi", 5, 4)]);
        Assert.Equal((4, 1), (four.Workloads[0].Placed.Length, Assert.Single(four.Workloads[0].Misfits).Pods));
    }

    [Fact]
    public void Shares_of_devices_are_given_back_and_taken()
    {
        static Intent Gpu(string name, int milli) => Pod(name, name, $$$$""" "containers":[{"name":"a","resources":{"requests":{"gossip.dev/gpu-milli":"{{{{milli}}}}"}}}] """);
        var cluster = new PretendCluster().Node("n1", gpus: 1);
        var plan = Placing.Of(cluster.View, [Gpu("a", 600), Gpu("b", 600), Gpu("c", 400)]);
        Assert.Equal(["n1", "", "n1"], plan.Workloads.Select(Nodes));
    }
}
