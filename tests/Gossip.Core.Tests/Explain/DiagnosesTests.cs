using Gossip.Core.Explain;
using Gossip.Core.Membership;
using Gossip.Core.Templates;

namespace Gossip.Core.Tests.Explain;

public class DiagnosesTests
{
    const string Zone = "topology.kubernetes.io/zone";

    static Diagnosis Of(PretendCluster cluster, string pod = "p") => new Diagnoses(cluster.View).Of(cluster.Find(pod))!;

    [Fact]
    public void Each_rule_counts_its_nodes_and_names_the_nearest()
    {
        var cluster = new PretendCluster().Pod("p", spec: $$"""
            "nodeSelector":{"{{Zone}}":"a"}
            """, cpu: "2");
        for (var i = 1; i <= 3; i++) cluster.Node($"full-{i}", cpu: 500 * i, labels: $"{Zone}=a");
        for (var i = 1; i <= 2; i++) cluster.Node($"gpu-{i}", labels: $"{Zone}=a", taints: [new Taint("gpu", "true", TaintEffect.NoSchedule)]);
        for (var i = 1; i <= 7; i++) cluster.Node($"far-{i}", labels: $"{Zone}=b");
        cluster.Node("dead", state: MemberState.Dead);

        var diagnosis = Of(cluster);
        Assert.Equal($"0 of 12 nodes: 3 lack cpu (nearest: full-3 lacks 0.5 cpu); 2 refuse taint gpu=true:NoSchedule; 7 are not in zone a", diagnosis.Words);
        Assert.Equal($"0/12 nodes are available: 3 lack cpu (nearest: full-3 lacks 0.5 cpu), 2 refuse taint gpu=true:NoSchedule, 7 are not in zone a.", diagnosis.Line);
        Assert.Equal($"pending: {diagnosis.Words}", Why.Explain(cluster.Find("p"), cluster.View).Headline);
    }

    public static TheoryData<string, string, string> Cases => new()
    {
        { "runtime", """ "runtimeClassName":"docker" """, "5 have no runtime docker" },
        { "in-process", """ "runtimeClassName":"in-process" """, "5 have no runtime in-process" },
        { "name", """ "nodeName":"n9" """, "5 are not n9, which it names" },
        { "selector", """ "nodeSelector":{"disk":"ssd"} """, "5 lack label disk=ssd" },
        { "affinity", """ "affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{"matchExpressions":[{"key":"zone","operator":"In","values":["c","d"]}]}]}}} """, "5 are not in zone c or d" },
        { "terms", """ "affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{"matchExpressions":[{"key":"cores","operator":"Gt","values":["8"]}]}]}}} """, "5 do not match node affinity cores Gt [8]" },
        { "memory", """ "containers":[{"name":"a","resources":{"requests":{"memory":"5Gi"}}}] """, "1 lacks memory (nearest: n1 lacks 1024Mi memory); 4 are not in zone a" },
        { "two resources", """ "containers":[{"name":"a","resources":{"requests":{"cpu":"5","memory":"5Gi"}}}] """, "1 lacks cpu and memory (nearest: n1 lacks 1 cpu and 1024Mi memory); 4 are not in zone a" },
        { "extended", """ "containers":[{"name":"a","resources":{"requests":{"example.com/fpga":"2"}}}] """, "1 lacks example.com/fpga (nearest: n1 lacks 2 example.com/fpga); 4 are not in zone a" },
        { "device", """ "containers":[{"name":"a","resources":{"requests":{"gossip.dev/gpu":"2"}}}] """, "1 lacks gpu (nearest: n1 lacks 2 whole gpu); 4 are not in zone a" },
        { "port", """ "containers":[{"name":"a","ports":[{"containerPort":80,"hostPort":8080}]}] """, "1 has host port 8080/tcp taken; 4 are not in zone a" },
        { "no company", """ "affinity":{"podAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{"topologyKey":"zone","labelSelector":{"matchLabels":{"app":"db"}}}]}} """, "1 has no pod app=db in its zone; 4 are not in zone a" },
        { "no label for company", """ "affinity":{"podAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{"topologyKey":"rack","labelSelector":{"matchLabels":{"app":"db"}}}]}} """, "1 has no label rack to share with pods app=db; 4 are not in zone a" },
        { "shunned", """ "affinity":{"podAntiAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{"topologyKey":"zone","labelSelector":{"matchLabels":{"app":"port"}}}]}} """, "1 has pods app=port in its zone, which it must not share (nearest: n1 in a, which has 1); 4 are not in zone a" },
        { "spread", """ "topologySpreadConstraints":[{"maxSkew":1,"topologyKey":"zone","whenUnsatisfiable":"DoNotSchedule","nodeAffinityPolicy":"Ignore","labelSelector":{"matchExpressions":[{"key":"app","operator":"Exists"}]}}] """, "1 would exceed maxSkew 1 over zone of pods app (nearest: n1 in a, which has 1 while the least is 0); 4 are not in zone a" },
        { "too few domains", """ "topologySpreadConstraints":[{"maxSkew":1,"minDomains":3,"topologyKey":"zone","whenUnsatisfiable":"DoNotSchedule","nodeAffinityPolicy":"Ignore","labelSelector":{"matchExpressions":[{"key":"app","operator":"Exists"}]}}] """, "1 would exceed maxSkew 1 over zone of pods app (minDomains 3, there are 2, so the least counts as 0) (nearest: n1 in a, which has 1 while the least is 0); 4 are not in zone a" },
        { "no domain", """ "topologySpreadConstraints":[{"maxSkew":1,"topologyKey":"rack","whenUnsatisfiable":"DoNotSchedule","labelSelector":{"matchLabels":{"app":"web"}}}] """, "1 has no label rack to spread over; 4 are not in zone a" },
    };

    /// <summary>Node n1 alone is in zone a, and runs a pod of app "port" that has port 8080; where a case says nothing of nodes it wants zone a.</summary>
    [Theory, MemberData(nameof(Cases))]
    public void Every_filter_has_its_words(string what, string spec, string refusals)
    {
        var ofNodes = what is "runtime" or "in-process" or "name" or "selector" or "affinity" or "terms";
        var cluster = new PretendCluster().Node("n1", labels: "zone=a").Node("n2", labels: "zone=b").Node("n3", labels: "zone=b").Node("n4", labels: "zone=b").Node("n5", labels: "zone=b")
            .Pod("there", "port", """ "containers":[{"name":"a","ports":[{"containerPort":80,"hostPort":8080}]}] """, on: "n1")
            .Pod("p", spec: ofNodes ? spec : $$$$""" "nodeSelector":{"zone":"a"},{{{{spec}}}} """);
        Assert.Equal(refusals, string.Join("; ", Of(cluster).Refusals));
    }

    [Fact]
    public void Cordons_and_conditions_have_their_words_too()
    {
        var cluster = new PretendCluster().Node("n1", cordoned: true).Node("n2", cordoned: true).Node("n3", unready: "leaving").Node("n4", lost: "process").Node("n5", pods: 0).Pod("p");
        Assert.Equal("0 of 5 nodes: 1 lacks a pod place (nearest: n5 lacks a pod place); 1 is unready: leaving; 2 are cordoned; 1 has lost runtime process", Of(cluster).Words);
    }

    [Fact]
    public void The_nearest_is_one_that_no_other_rule_keeps_away()
    {
        var cluster = new PretendCluster().Pod("there", "db", on: "n1").Node("n1", cpu: 900).Node("n2", cpu: 100)
            .Pod("p", spec: """ "affinity":{"podAntiAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{"topologyKey":"kubernetes.io/hostname","labelSelector":{"matchLabels":{"app":"db"}}}]}} """);
        Assert.Equal("0 of 2 nodes: 2 lack cpu (nearest: n2 lacks 0.9 cpu)", Of(cluster).Words);
    }

    [Fact]
    public void What_a_node_itself_refused_counts_more_than_what_is_heard_of_it()
    {
        var cluster = new PretendCluster().Node("n1").Node("n2").Node("n3", cpu: 0).Pod("p").Round("p", ("n1", "needs 1000m cpu, 100m free"), ("n3", "needs 1000m cpu, 50m free"));
        Assert.Equal("1 of 3 nodes: 1 refused when asked: needs 1000m cpu; 1 lacks cpu (nearest: n3 lacks 1 cpu)", Of(cluster).Words);
        Assert.Equal((3, 1), (Of(cluster).Nodes, Of(cluster).Fit));
    }

    [Fact]
    public void What_refused_a_pod_of_a_gang_may_have_been_held_for_its_others()
    {
        var cluster = new PretendCluster().Node("n1").Node("n2").Node("n3", cpu: 0).Pod("p").Round("p", ("n1", "needs 1000m cpu, 100m free"), ("n2", "needs 1000m cpu, 100m free"));
        Assert.Equal(2, new Diagnoses(cluster.View).Of(cluster.Find("p") with { Gang = "gang train needs 3 together, 2 fit" })!.Fit);
        Assert.Equal(0, Of(cluster).Fit);
    }

    [Fact]
    public void A_pod_that_waits_for_its_auction_says_so_first()
    {
        var cluster = new PretendCluster().Node("n1").Pod("p");
        Assert.Equal("pending: waiting for an auction; 1 of 1 nodes", Why.Explain(cluster.Find("p"), cluster.View).Headline);
        Assert.Null(new Diagnoses(cluster.View).Of(new PretendCluster().Pod("q", on: "n1").Find("q")));
    }

    [Fact]
    public void Without_a_live_node_it_says_that() => Assert.Equal("0 of 0 nodes: none is live", Of(new PretendCluster().Pod("p")).Words);

    [Fact]
    public void Pods_that_wait_for_each_other_are_named()
    {
        var cluster = new PretendCluster().Node("n1").Pod("a", "a", Beside("b")).Pod("b", "b", Beside("c")).Pod("c", "c", Beside("a"));
        Assert.EndsWith("; required pod affinities go in a circle, and none of these can be the first: default/b waits for default/c waits for default/a waits for default/b", Of(cluster, "b").Words);
        // One more pod of app c that waits for nobody breaks it.
        Assert.Equal("", Of(cluster.Pod("c2", "c"), "b").Hopeless);
    }

    [Fact]
    public void Company_that_nobody_wants_is_said_to_be_so()
    {
        var cluster = new PretendCluster().Node("n1").Pod("a", "a", Beside("b")).Pod("b", "b", Beside("nobody"));
        Assert.Equal("required pod affinity speaks of pods that nobody wants: default/a waits for default/b waits for pods app=nobody", Of(cluster, "a").Hopeless);
        Assert.Equal("", Of(new PretendCluster().Node("n1", cpu: 0).Pod("a", "a", Beside("a")), "a").Hopeless);
    }

    static string Beside(string app) => $$$$"""
        "affinity":{"podAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{"topologyKey":"kubernetes.io/hostname","labelSelector":{"matchLabels":{"app":"{{{{app}}}}"}}}]}}
        """;
}
