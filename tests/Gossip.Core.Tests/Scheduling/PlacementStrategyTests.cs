using Gossip.Core.Primitives;
using Gossip.Core.Scheduling;
using Gossip.Core.Tables;
using Gossip.Core.Templates;

namespace Gossip.Core.Tests.Scheduling;

public class PlacementStrategyTests
{
    static readonly PodTemplate withDevice = Some.Template with { Device = new DeviceRequest("gpu", 1, DeviceRequest.Whole, []) };

    static PlacementStrategy Of(PodTemplate pod)
    {
        var typical = new TypicalPods();
        typical.Count(pod, 1);
        return PlacementStrategy.Of(typical);
    }

    [Fact]
    public void Without_devices_alike_pods_are_called_together_and_the_whole_width_is_asked()
    {
        foreach (var strategy in new[] { PlacementStrategy.Of(null), Of(Some.Template) })
        {
            Assert.True(strategy.CallsBatches);
            Assert.False(strategy.RanksCandidates);
            Assert.Equal(10, strategy.Asked(10, 1000));
            Assert.Equal(Scoring.Greatest, strategy.GreatestScore);
            Assert.Equal(700, strategy.Score(Some.Template, Some.Node, mean: 700));
        }
    }

    [Fact]
    public void With_devices_each_pod_is_called_alone_and_few_are_asked_until_all_are()
    {
        var strategy = Of(withDevice);
        Assert.False(strategy.CallsBatches);
        Assert.True(strategy.RanksCandidates);
        Assert.Equal(4, strategy.Asked(11, 1000));
        Assert.Equal(20, strategy.Asked(60, 1000));
        Assert.Equal(1000, strategy.Asked(1000, 1000));
        Assert.Equal(Scoring.BidGreatest, strategy.GreatestScore);
    }

    [Fact]
    public void With_devices_their_fragmentation_is_told_beside_the_mean()
    {
        var parts = default(ScoreParts);
        var strategy = Of(withDevice);
        var score = strategy.Score(Some.Template, Some.Node, mean: 700, ref parts);
        Assert.Equal(strategy.Score(Some.Template, Some.Node, mean: 700), score);
        Assert.Equal(700, score % (Scoring.Greatest + 1));
        Assert.Equal((ScoreNames.Fragmentation, 0), parts[0]); // it has no devices
    }
}
