using Gossip.Simulation.Time;

namespace Gossip.Simulation.Tests;

public class ViolationTests
{
    [Fact]
    public void A_violation_says_what_to_run_to_see_it_again()
    {
        var failed = Assert.Throws<ScenarioFailed>(() =>
            Cluster.Of(3).Seed(1).Partition(0..1).For(30.Seconds()).ExpectAllMembersAgree());
        Assert.Contains("Cluster.Of(3).Seed(1).Partition(0..1).For(30 s).ExpectAllMembersAgree()", failed.Message, StringComparison.Ordinal);
        Assert.Equal("M1", failed.Violations[0].Rule);
    }
}
