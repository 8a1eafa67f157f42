using Gossip.Core.Turns;
using Gossip.Simulation.Runs;
using Gossip.Simulation.Time;

namespace Gossip.Simulation.Tests;

public class PlantedBugTests
{
    [Fact]
    public void Every_planted_bug_is_caught_under_the_name_of_the_rule_that_it_breaks()
    {
        var outcomes = PlantedRun.Run(parallelism: 2);
        Assert.True(outcomes.Count >= 8);
        Assert.DoesNotContain(outcomes, outcome => outcome.Caught is null);
    }

    [Fact]
    public void A_violation_says_what_to_run_to_see_it_again()
    {
        var failed = Assert.Throws<ScenarioFailed>(() =>
            Cluster.Of(3).Seed(1).Partition(0..1).For(30.Seconds()).ExpectAllMembersAgree());
        Assert.Contains("Cluster.Of(3).Seed(1).Partition(0..1).For(30 s).ExpectAllMembersAgree()", failed.Message, StringComparison.Ordinal);
        Assert.Equal("M1", failed.Violations[0].Rule);
    }
}
