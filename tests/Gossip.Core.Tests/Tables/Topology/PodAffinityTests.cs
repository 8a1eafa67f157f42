using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using static Gossip.Core.Tests.Tables.Topology.Neighbourhood;

namespace Gossip.Core.Tests.Tables.Topology;

/// <summary>Pod affinity and anti-affinity as Kubernetes documents them ("Inter-pod affinity and anti-affinity").</summary>
public class PodAffinityTests
{
    readonly Neighbourhood near = new();

    [Fact]
    public void A_pod_goes_where_its_company_is()
    {
        near.With("cache", "cache", "b1").Pod("web", "web", Near("cache"));
        Assert.Equal("b1 b2", near.Open("web"));
        Assert.Equal("must share zone with a pod app=cache, a has none", near.WhyNot("web", "a1"));
        Assert.Equal("has no zone to share with pods app=cache", near.WhyNot("web", "x1"));
    }

    [Fact]
    public void Company_on_the_node_itself_is_company_by_hostname()
    {
        near.With("cache", "cache", "b1").Pod("web", "web", Near("cache", "kubernetes.io/hostname"));
        Assert.Equal("b1", near.Open("web"));
    }

    [Fact]
    public void Without_company_anywhere_it_waits()
    {
        near.Pod("web", "web", Near("cache"));
        Assert.Equal("", near.Open("web"));
        near.With("cache", "cache", "c1");
        Assert.Equal("c1", near.Open("web"));
        near.Take("cache");
        Assert.Equal("", near.Open("web"));
    }

    [Fact]
    public void The_first_of_a_group_that_wants_its_own_company_may_go_anywhere_with_the_label()
    {
        near.Pod("one", "web", Near("web"));
        near.Pod("two", "web", Near("web"));
        Assert.Equal("a1 a2 b1 b2 c1", near.Open("one"));
        near.Put("one", "c1");
        Assert.Equal("c1", near.Open("two"));
        Assert.Equal("a1 a2 b1 b2 c1", near.Open("one")); // moved, it would be the first again
    }

    [Fact]
    public void Several_terms_hold_together_and_count_those_pods_only_that_all_of_them_speak_of()
    {
        const string Both = """
            "affinity":{"podAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[
              {"topologyKey":"zone","labelSelector":{"matchLabels":{"app":"cache"}}},
              {"topologyKey":"zone","labelSelector":{"matchExpressions":[{"key":"tier","operator":"Exists"}]}}]}}
            """;
        near.With("plain", "cache", "a1").With("other", "db", "a1", labels: "\"tier\":\"x\"").With("right", "cache", "b1", labels: "\"tier\":\"x\"");
        near.Pod("web", "web", Both);
        Assert.Equal("b1 b2", near.Open("web"));
    }

    [Fact]
    public void Anti_affinity_keeps_a_pod_out_of_their_domain_and_nodes_without_the_label_are_open()
    {
        near.With("web1", "web", "a1").Pod("batch", "batch", Apart("web"));
        Assert.Equal("b1 b2 c1 x1", near.Open("batch"));
        Assert.Equal("must not share zone with pods app=web, a has 1", near.WhyNot("batch", "a2"));
    }

    [Fact]
    public void A_pod_that_is_there_refuses_newcomers_that_its_anti_affinity_speaks_of()
    {
        near.With("batch", "batch", "b1", Apart("web")).Pod("web", "web");
        Assert.Equal("a1 a2 c1 x1", near.Open("web"));
        Assert.Equal("pods there refuse to share zone with pods app=web, b has 1", near.WhyNot("web", "b2"));
        near.Pod("other", "other");
        Assert.Equal("a1 a2 b1 b2 c1 x1", near.Open("other"));
    }

    [Fact]
    public void One_each_a_node_and_one_each_a_zone()
    {
        near.With("one", "web", "a1", Apart("web", "kubernetes.io/hostname")).Pod("two", "web", Apart("web", "kubernetes.io/hostname"));
        Assert.Equal("a2 b1 b2 c1 x1", near.Open("two"));
        near.Pod("three", "web", Apart("web"));
        Assert.Equal("b1 b2 c1 x1", near.Open("three"));
    }

    [Theory]
    [InlineData("", "a1 a2 c1 x1")] // its own namespace only
    [InlineData(""","namespaces":["other"]""", "b1 b2 c1 x1")]
    [InlineData(""","namespaces":["other","default"]""", "c1 x1")]
    [InlineData(""","namespaceSelector":{}""", "c1 x1")]
    [InlineData(""","namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"other"}}""", "b1 b2 c1 x1")]
    public void A_term_speaks_of_the_namespaces_that_it_names(string more, string open)
    {
        near.With("theirs", "web", "a1", @namespace: "other").With("ours", "web", "b1").Pod("batch", "batch", Apart("web", more: more));
        Assert.Equal(open, near.Open("batch"));
    }

    [Theory]
    [InlineData("""{"matchLabels":{"team":"x"}}""", "", "b1 b2 c1 x1")]
    [InlineData("""{"matchExpressions":[{"key":"team","operator":"In","values":["x","y"]}]}""", "", "c1 x1")]
    [InlineData("""{"matchExpressions":[{"key":"team","operator":"Exists"}]}""", "", "c1 x1")]
    [InlineData("""{"matchExpressions":[{"key":"team","operator":"DoesNotExist"}]}""", "", "a1 a2 b1 b2 x1")] // no object, no labels
    [InlineData("""{"matchExpressions":[{"key":"kubernetes.io/metadata.name","operator":"NotIn","values":["default"]}]}""", "", "b1 b2 x1")]
    [InlineData("""{"matchLabels":{"team":"x"}}""", ""","namespaces":["default"]""", "c1 x1")] // both count
    public void A_term_may_choose_namespaces_by_their_labels(string selector, string more, string open)
    {
        near.Namespace("other", "\"team\":\"x\"");
        near.Namespace("default", "\"team\":\"y\"");
        near.With("theirs", "web", "a1", @namespace: "other").With("ours", "web", "b1").With("nobodys", "web", "c1", @namespace: "bare");
        near.Pod("batch", "batch", Apart("web", more: $",\"namespaceSelector\":{selector}{more}"));
        Assert.Equal(open, near.Open("batch"));
    }

    [Fact]
    public void A_namespace_whose_labels_change_is_chosen_anew_and_evicts_nobody()
    {
        const string Chosen = ""","namespaceSelector":{"matchLabels":{"team":"x"}}""";
        near.With("theirs", "web", "a1", @namespace: "other").With("batch", "batch", "a2", Apart("web", more: Chosen)).Pod("next", "batch", Apart("web", more: Chosen));
        Assert.Equal("a1 a2 b1 b2 c1 x1", near.Open("next"));
        var news = near.Cluster.Placed.News;
        near.Namespace("other", "\"team\":\"x\"");
        Assert.Equal("b1 b2 c1 x1", near.Open("next"));
        near.Namespace("other", "\"team\":\"y\"");
        Assert.Equal("a1 a2 b1 b2 c1 x1", near.Open("next"));
        near.Namespace("other", "\"team\":\"x\"");
        near.Namespace("other", null);
        Assert.Equal("a1 a2 b1 b2 c1 x1", near.Open("next"));
        Assert.Equal(news, near.Cluster.Placed.News);
    }

    [Fact]
    public void A_label_key_to_match_takes_the_pods_own_value()
    {
        const string Key = ""","matchLabelKeys":["build","none"]""";
        near.With("old", "web", "a1", labels: "\"build\":\"1\"").Pod("new", "web", Apart("web", more: Key), labels: "\"build\":\"2\"");
        Assert.Equal("a1 a2 b1 b2 c1 x1", near.Open("new"));
        near.Pod("same", "web", Apart("web", more: Key), labels: "\"build\":\"1\"");
        Assert.Equal("b1 b2 c1 x1", near.Open("same"));
        near.Pod("unlike", "web", Apart("web", more: ""","mismatchLabelKeys":["build"]"""), labels: "\"build\":\"2\"");
        Assert.Equal("b1 b2 c1 x1", near.Open("unlike"));
    }

    [Fact]
    public void No_selector_speaks_of_no_pod_and_an_empty_one_of_all()
    {
        const string Term = """
            "affinity":{"podAntiAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{"topologyKey":"zone"
            """;
        near.With("web", "web", "a1");
        near.Pod("none", "x", Term + "}]}}");
        near.Pod("all", "x", Term + ""","labelSelector":{} }]}}""");
        Assert.Equal("a1 a2 b1 b2 c1 x1", near.Open("none"));
        Assert.Equal("b1 b2 c1 x1", near.Open("all"));
    }

    [Fact]
    public void A_draining_pod_is_beside_others_until_it_is_gone_and_a_finished_one_is_not()
    {
        near.With("web", "web", "a1").Pod("batch", "batch", Apart("web"));
        near.Drain("web");
        Assert.Equal("b1 b2 c1 x1", near.Open("batch"));
        near.Take("web");
        Assert.Equal("a1 a2 b1 b2 c1 x1", near.Open("batch"));
        near.Cluster.Admit(near.Find("web"), "c1", status: status => status with { Phase = PodPhase.Succeeded });
        Assert.Equal("a1 a2 b1 b2 c1 x1", near.Open("batch"));
    }

    [Fact]
    public void Pods_follow_their_node_into_another_zone_and_out_of_the_cluster()
    {
        near.With("web", "web", "a1").Pod("batch", "batch", Apart("web"));
        near.Node("a1", "b");
        Assert.Equal("a2 c1 x1", near.Open("batch"));
        near.Node("a1", "b", MemberState.Dead);
        Assert.Equal("a2 b1 b2 c1 x1", near.Open("batch"));
        near.Node("a1", "b");
        Assert.Equal("a2 c1 x1", near.Open("batch"));
    }

    [Fact]
    public void What_was_placed_before_the_first_rule_counts_and_a_rule_that_goes_takes_its_tallies_along()
    {
        for (var i = 0; i < 3; i++) near.With($"web{i}", "web", "a1");
        near.Pod("batch", "batch", Apart("web"));
        Assert.Equal("must not share zone with pods app=web, a has 3", near.WhyNot("batch", "a2"));
        near.Cluster.Do(new Core.Requests.DeleteObject(new ObjectName("Pod", "default", "batch"), null));
        Assert.Null(near.Cluster.Placed.Around(near.Find("web0")).Rules!.CountedIn.FirstOrDefault());
    }

    [Fact]
    public void A_claim_in_the_books_counts_before_its_admission_is_written()
    {
        near.Cluster.Members.Self = NodeId.Of("n0");
        near.Pod("web", "web");
        near.Pod("batch", "batch", Apart("web"));
        near.Cluster.Placed.Expect(near.Find("web").Id, NodeId.Of("b1"));
        Assert.Equal("a1 a2 c1 x1", near.Open("batch"));
        near.Cluster.Placed.ExpectNoMore(near.Find("web").Id);
        Assert.Equal("a1 a2 b1 b2 c1 x1", near.Open("batch"));
    }
}
