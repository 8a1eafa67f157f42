using Gossip.Core.Scheduling.Scores;
using static Gossip.Core.Tests.Tables.Topology.Neighbourhood;

namespace Gossip.Core.Tests.Tables.Topology;

/// <summary>Preferred affinity and soft spread: the order of nodes that Kubernetes documents.</summary>
public class PreferenceTests
{
    readonly Neighbourhood near = new();

    int Score(IScore score, string pod, string node) => score.Score(near.Find(pod).Template, near.Facts(pod, node));
    int Affinity(string pod, string node) => Score(new PodAffinityScore(), pod, node);
    int Spread(string pod, string node) => Score(new TopologySpreadScore(), pod, node);

    static string Preferred(string kind, params (int Weight, string App)[] terms) => $"\"affinity\":{{\"{kind}\":{{\"preferredDuringSchedulingIgnoredDuringExecution\":[" + string.Join(',', terms.Select(term =>
        $"{{\"weight\":{term.Weight},\"podAffinityTerm\":{{\"topologyKey\":\"zone\",\"labelSelector\":{{\"matchLabels\":{{\"app\":\"{term.App}\"}}}}}}}}")) + "]}}";

    [Fact]
    public void A_pod_prefers_where_more_of_its_company_is()
    {
        near.With("c1", "cache", "a1").With("c2", "cache", "a2").With("c3", "cache", "b1").Pod("web", "web", Preferred("podAffinity", (50, "cache")));
        Assert.Equal([1000, 500, 0, 0], ((string[])["a1", "b1", "c1", "x1"]).Select(node => Affinity("web", node)));
    }

    [Fact]
    public void Preferences_count_by_their_weights()
    {
        near.With("cache", "cache", "a1").With("db", "db", "b1").Pod("web", "web", Preferred("podAffinity", (75, "cache"), (25, "db")));
        Assert.Equal([750, 250, 0], ((string[])["a1", "b1", "c1"]).Select(node => Affinity("web", node)));
    }

    [Fact]
    public void Those_that_it_shuns_lower_a_domain()
    {
        near.With("noisy", "noisy", "a1").Pod("web", "web", Preferred("podAntiAffinity", (50, "noisy")));
        Assert.Equal([0, 1000, 1000], ((string[])["a1", "b1", "x1"]).Select(node => Affinity("web", node)));
    }

    [Fact]
    public void Pods_that_are_there_like_and_shun_newcomers_too()
    {
        near.With("fan", "fan", "a1", Preferred("podAffinity", (50, "web"))).With("foe", "foe", "b1", Preferred("podAntiAffinity", (50, "web"))).Pod("web", "web");
        Assert.True(Affinity("web", "a1") > Affinity("web", "c1"));
        Assert.True(Affinity("web", "c1") > Affinity("web", "b1"));
    }

    [Fact]
    public void A_required_affinity_of_a_pod_that_is_there_draws_a_little()
    {
        near.With("web0", "web", "a1").With("fan", "fan", "a2", Near("web")).Pod("web", "web");
        Assert.True(Affinity("web", "a1") > Affinity("web", "b1"));
    }

    [Fact]
    public void A_soft_constraint_prefers_the_domain_with_the_fewest_and_a_node_without_the_label_last()
    {
        near.With("p1", "web", "a1").With("p2", "web", "a2").With("p3", "web", "b1").Pod("web", "web", Neighbourhood.Spread("web", otherwise: "ScheduleAnyway"));
        Assert.Equal([0, 500, 1000, 0], ((string[])["a1", "b1", "c1", "x1"]).Select(node => Spread("web", node)));
    }

    [Fact]
    public void Without_preferences_every_node_is_as_good()
    {
        near.With("p1", "web", "a1").Pod("web", "web");
        Assert.Equal([1000, 1000], ((string[])["a1", "x1"]).Select(node => Affinity("web", node)));
        Assert.Equal([1000, 1000], ((string[])["a1", "x1"]).Select(node => Spread("web", node)));
    }
}
