using Gossip.Core.Membership;
using Gossip.Core.Templates;
using static Gossip.Core.Tests.Tables.Topology.Neighbourhood;

namespace Gossip.Core.Tests.Tables.Topology;

/// <summary>Topology spread as Kubernetes documents it ("Pod Topology Spread Constraints").</summary>
public class TopologySpreadTests
{
    readonly Neighbourhood near = new();

    [Fact]
    public void A_pod_goes_to_a_zone_that_stays_within_the_skew()
    {
        near.With("p1", "web", "a1").With("p2", "web", "a2").With("p3", "web", "b1").Pod("new", "web", Spread("web"));
        Assert.Equal("c1", near.Open("new"));
        Assert.Equal("maxSkew 1 over zone of pods app=web, b has 1 and the least 0", near.WhyNot("new", "b2"));
        Assert.Equal("has no zone to spread over", near.WhyNot("new", "x1"));
        near.With("p4", "web", "c1");
        Assert.Equal("b1 b2 c1", near.Open("new"));
    }

    [Fact]
    public void A_greater_skew_lets_more()
    {
        near.With("p1", "web", "a1").With("p2", "web", "a2").With("p3", "web", "b1").Pod("new", "web", Spread("web", skew: 2));
        Assert.Equal("b1 b2 c1", near.Open("new"));
    }

    [Fact]
    public void A_pod_that_it_does_not_speak_of_adds_nothing()
    {
        near.With("p1", "web", "a1").Pod("new", "other", Spread("web"));
        Assert.Equal("a1 a2 b1 b2 c1", near.Open("new"));
    }

    [Fact]
    public void With_fewer_domains_than_wanted_the_least_is_none()
    {
        foreach (var (pod, node) in new[] { ("p1", "a1"), ("p2", "b1"), ("p3", "c1") }) near.With(pod, "web", node);
        near.Pod("three", "web", Spread("web", more: ""","minDomains":3"""));
        near.Pod("four", "web", Spread("web", more: ""","minDomains":4"""));
        Assert.Equal("a1 a2 b1 b2 c1", near.Open("three"));
        Assert.Equal("", near.Open("four"));
    }

    [Fact]
    public void Nodes_that_the_pods_affinity_rules_out_are_no_domain_unless_that_is_to_be_ignored()
    {
        const string OnlyAb = """
            "affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{"matchExpressions":[{"key":"zone","operator":"NotIn","values":["c"]}]}]}}},
            """;
        near.With("p1", "web", "a1").With("p2", "web", "b1");
        near.Pod("honours", "web", OnlyAb + Spread("web"));
        near.Pod("ignores", "web", OnlyAb + Spread("web", more: ""","nodeAffinityPolicy":"Ignore" """));
        Assert.Equal("a1 a2 b1 b2", near.Open("honours")[..11]);
        Assert.Equal("c1", near.Open("ignores")); // where its affinity does not let it go: pending, as in Kubernetes
    }

    [Fact]
    public void Tainted_nodes_are_domains_unless_taints_are_honoured()
    {
        near.Node("c1", "c", taints: new Taint("gpu", "", TaintEffect.NoSchedule));
        near.With("p1", "web", "a1").With("p2", "web", "b1");
        near.Pod("ignores", "web", Spread("web"));
        near.Pod("honours", "web", Spread("web", more: ""","nodeTaintsPolicy":"Honor" """));
        Assert.Equal("c1", near.Open("ignores"));
        Assert.Contains("a1 a2 b1 b2", near.Open("honours"), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_constraints_hold_together_over_the_nodes_that_have_both_labels()
    {
        const string Two = """
            "topologySpreadConstraints":[
              {"maxSkew":1,"topologyKey":"zone","whenUnsatisfiable":"DoNotSchedule","labelSelector":{"matchLabels":{"app":"web"}}},
              {"maxSkew":1,"topologyKey":"kubernetes.io/hostname","whenUnsatisfiable":"DoNotSchedule","labelSelector":{"matchLabels":{"app":"web"}}}]
            """;
        near.With("p1", "web", "a1").With("p2", "web", "b1").With("p3", "web", "c1").Pod("new", "web", Two);
        Assert.Equal("a2 b2", near.Open("new"));
    }

    [Fact]
    public void A_pod_that_leaves_does_not_count_and_a_zone_that_died_is_no_domain()
    {
        near.With("p1", "web", "a1").With("p2", "web", "b1").Pod("new", "web", Spread("web"));
        Assert.Equal("c1", near.Open("new"));
        near.Drain("p1");
        Assert.Equal("a1 a2 c1", near.Open("new"));
        near.Node("c1", "c", MemberState.Dead);
        Assert.Equal("a1 a2", near.Open("new"));
    }

    [Fact]
    public void A_pod_that_is_moved_does_not_stand_in_its_own_way()
    {
        near.With("p1", "web", "a1", Spread("web")).With("p2", "web", "b1", Spread("web"));
        Assert.Equal("a1 a2 c1", near.Open("p1"));
    }

    [Fact]
    public void A_preference_refuses_nobody()
    {
        near.With("p1", "web", "a1").Pod("new", "web", Spread("web", otherwise: "ScheduleAnyway"));
        Assert.Equal("a1 a2 b1 b2 c1 x1", near.Open("new"));
    }
}
