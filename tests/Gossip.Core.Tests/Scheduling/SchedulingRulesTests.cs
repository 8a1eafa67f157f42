using Gossip.Core.Scheduling;

namespace Gossip.Core.Tests.Scheduling;

public class SchedulingRulesTests
{
    static readonly NodeFacts full = Some.Node with { Free = Some.Room(1000, 1024) };

    /// <summary>Only the one score counts.</summary>
    static SchedulingRules Only(string name) =>
        SchedulingRules.Default.Weights.Aggregate(SchedulingRules.Default, (rules, one) => rules.With(one.Name, one.Name == name ? 1 : 0));

    [Theory]
    [InlineData("least-allocated", 1)]
    [InlineData("most-allocated", 0)]
    [InlineData("balanced", 1)]
    [InlineData("spread", 2)]
    [InlineData("node-affinity", 2)]
    [InlineData("preferred-taints", 3)]
    [InlineData("pod-affinity", 2)]
    [InlineData("topology-spread", 2)]
    [InlineData("image-locality", 1)]
    public void The_defaults_are_those_of_kubernetes(string name, int weight) => Assert.Contains((name, weight), SchedulingRules.Default.Weights);

    [Fact]
    public void A_score_that_weighs_nothing_is_not_heard()
    {
        var rules = SchedulingRules.Default.With("least-allocated", 0).With("balanced", 0);
        Assert.Equal(rules.Score(Some.Template, Some.Node), rules.Score(Some.Template, full));
        rules.Score(Some.Template, full, 0, out var parts);
        Assert.DoesNotContain("least-allocated", parts.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Most_allocated_turns_the_order_round()
    {
        Assert.True(Only("least-allocated").Score(Some.Template, Some.Node) > Only("least-allocated").Score(Some.Template, full));
        Assert.True(Only("most-allocated").Score(Some.Template, Some.Node) < Only("most-allocated").Score(Some.Template, full));
        Assert.Equal(Scoring.Greatest, Only("least-allocated").Score(Some.Template, full) + Only("most-allocated").Score(Some.Template, full));
    }

    [Fact]
    public void Whatever_the_weights_a_score_stays_within_its_bounds()
    {
        var greatest = SchedulingRules.Default.Weights.Aggregate(SchedulingRules.Default, (rules, one) => rules.With(one.Name, SchedulingRules.WeightMost));
        for (var i = 0; i < SchedulingRules.HostRulesMost; i++) greatest = greatest.WithHostScore($"mine-{i}", SchedulingRules.WeightMost);
        Assert.InRange(greatest.Score(Some.Template, Some.Node, SchedulingRules.HostRulesMost * SchedulingRules.WeightMost * Scoring.Greatest), 1, Scoring.Greatest);
        var none = SchedulingRules.Default.Weights.Aggregate(SchedulingRules.Default, (rules, one) => rules.With(one.Name, 0));
        Assert.Equal(0, none.Score(Some.Template, Some.Node));
    }

    [Fact]
    public void What_the_host_app_scores_is_weighed_with_the_others()
    {
        var rules = Only("least-allocated").WithHostScore("mine", 3);
        var own = Only("least-allocated").Score(Some.Template, Some.Node);
        Assert.Equal((own + 3 * 500) / 4, rules.Score(Some.Template, Some.Node, hostSum: 3 * 500));
    }

    [Fact]
    public void A_score_that_is_not_there_is_refused_with_those_that_are()
    {
        var refused = Assert.Throws<ArgumentException>(() => SchedulingRules.Default.With("least-alocated", 1));
        Assert.Contains("least-allocated, most-allocated", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(101)]
    public void A_weight_out_of_bounds_is_refused(int weight) =>
        Assert.Throws<ArgumentException>(() => SchedulingRules.Default.With("spread", weight));

    [Fact]
    public void Scoring_by_other_weights_allocates_nothing()
    {
        var rules = SchedulingRules.Default.With("most-allocated", 100).With("spread", 0);
        var sum = rules.Score(Some.Template, Some.Node);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) sum += rules.Score(Some.Template, Some.Node);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(sum > 0);
    }
}
