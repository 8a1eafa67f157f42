using Gossip.Core.Primitives;
using Gossip.Core.Scheduling;
using Gossip.Core.Templates;

namespace Gossip.Core.Tests.Scheduling;

public class ScoringTests
{
    [Fact]
    public void The_emptier_node_scores_more() =>
        Assert.True(Scoring.Score(Some.Template, Some.Node) > Scoring.Score(Some.Template, Some.Node with { Free = Some.Room(1000, 1024) }));

    [Fact]
    public void The_node_with_fewer_of_the_workload_scores_more() =>
        Assert.True(Scoring.Score(Some.Template, Some.Node) > Scoring.Score(Some.Template, Some.Node with { OfWorkload = 1 }));

    [Fact]
    public void The_greatest_machine_does_not_overflow()
    {
        var all = new Resources(new MilliCpu(Resources.Greatest), new Bytes(Resources.Greatest), default, 10, []);
        var node = Some.Node with { Allocatable = all, Free = all };
        Assert.Equal(Scoring.Greatest, Scoring.Score(Some.Template with { Requests = Some.Room() }, node));
    }

    [Fact]
    public void A_node_that_the_pod_prefers_scores_higher()
    {
        var pod = Some.Template with
        {
            NodeAffinity = new NodeAffinity(default, [new(50, new([new("zone", NodeOperator.In, ["a"])], [])), new(50, new([new("disk", NodeOperator.Exists, [])], []))]),
        };
        Assert.True(Scoring.Score(pod, Some.Node) > Scoring.Score(pod, Some.Node with { Labels = Labels.Empty }));
        Assert.Contains("node-affinity 500", Scoring.Explain(pod, Some.Node), StringComparison.Ordinal);
    }

    [Fact]
    public void A_soft_taint_lowers_the_score_of_those_that_do_not_tolerate_it()
    {
        var tainted = Some.Node with { Taints = [new Taint("old", "", TaintEffect.PreferNoSchedule)] };
        Assert.True(Scoring.Score(Some.Template, Some.Node) > Scoring.Score(Some.Template, tainted));
        Assert.Equal(
            Scoring.Score(Some.Template, Some.Node),
            Scoring.Score(Some.Template with { Tolerations = [new("old", true, "", null)] }, tainted));
    }

    [Fact]
    public void A_score_names_its_parts_that_are_not_full() =>
        Assert.Equal("least-allocated 979, balanced 996, spread 500", Scoring.Explain(Some.Template, Some.Node with { OfWorkload = 1 }));
}
