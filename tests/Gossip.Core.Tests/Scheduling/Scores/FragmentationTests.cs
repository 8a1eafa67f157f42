using Gossip.Core.Primitives;
using Gossip.Core.Scheduling;
using Gossip.Core.Scheduling.Scores;
using Gossip.Core.Tables;
using Gossip.Core.Templates;

namespace Gossip.Core.Tests.Scheduling.Scores;

public class FragmentationTests
{
    static readonly PodTemplate Plain = Some.Template with { Requests = Some.Room(1000) };
    static readonly PodTemplate Half = Plain with { Device = new DeviceRequest("gpu", 1, 500, []) };
    static readonly PodTemplate One = Plain with { Device = new DeviceRequest("gpu", 1, DeviceRequest.Whole, []) };

    static TypicalPods Typical(params (PodTemplate Pod, int Count)[] pods)
    {
        var typical = new TypicalPods();
        foreach (var (pod, count) in pods)
            for (var i = 0; i < count; i++) typical.Count(pod, 1);
        return typical;
    }

    static NodeFacts Node(TypicalPods typical, long cpu, params int[] free) => Some.Node with
    {
        Free = Some.Room(cpu, 4096, 10) with { Devices = new Devices([new DeviceGroup("gpu", "T4", [.. free])]) },
        Typical = typical,
    };

    static long Growth(PodTemplate pod, NodeFacts node) => Fragmentation.Growth(pod, node.Free.Cpu.Value, node.Free.Devices, node.Typical!);

    [Fact]
    public void Breaking_up_a_device_wastes_what_others_cannot_use() =>
        Assert.Equal(500, Growth(Half, Node(Typical((One, 1)), 8000, 1000))); // 500 are left, of no use to anybody

    [Fact]
    public void Filling_what_was_broken_up_wins_it_back() =>
        Assert.Equal(-500, Growth(Half, Node(Typical((One, 1)), 8000, 500)));

    [Fact]
    public void It_is_expected_over_the_pods_as_often_as_they_come() =>
        Assert.Equal(125, Growth(Half, Node(Typical((One, 1), (Half, 3)), 8000, 1000))); // a quarter of the pods cannot use 500

    [Fact]
    public void Devices_without_the_cpu_to_use_them_are_fragments() =>
        Assert.Equal(2000, Growth(Plain with { Requests = Some.Room(7500) }, Node(Typical((One, 1)), 8000, 1000, 1000)));

    [Fact]
    public void A_pod_without_devices_goes_where_none_are_left_over_where_its_cpu_is_needed_for_them()
    {
        var typical = Typical((One, 9), (Plain, 1));
        Assert.True(Scoring.Score(Plain, Node(typical, 1000, 0)) > Scoring.Score(Plain, Node(typical, 1000, 1000)));
        Assert.True(Scoring.Score(Plain, Some.Node with { Typical = typical }) > Scoring.Score(Plain, Node(typical, 1000, 1000)));
    }

    [Fact]
    public void Of_nodes_that_are_alike_for_everybody_the_one_in_use_is_filled_up()
    {
        var typical = Typical((One, 1));
        Assert.True(Scoring.Score(One, Node(typical, 8000, 1000, 0)) > Scoring.Score(One, Node(typical, 8000, 1000, 1000)));
    }

    [Fact]
    public void It_outweighs_all_other_scores_and_is_told_beside_them()
    {
        var typical = Typical((One, 1));
        var worst = Node(typical, 1100, 500) with { OfWorkload = 9 };
        var best = Node(typical, 4000, 1000);
        Assert.True(Scoring.Score(Half, worst) > Scoring.Score(Half, best));
        Assert.EndsWith(", fragmentation +499", Scoring.Explain(Half, worst), StringComparison.Ordinal);
    }

    [Fact]
    public void Where_nobody_asks_for_devices_it_plays_no_part()
    {
        var node = Node(Typical((Plain, 3)), 4000, 1000);
        Assert.Equal(Scoring.Score(Plain, node with { Typical = null }), Scoring.Score(Plain, node));
    }

    [Fact]
    public void A_score_allocates_nothing()
    {
        var node = Node(Typical((One, 2), (Half, 3), (Plain, 4)), 4000, 1000, 400);
        var sum = Scoring.Score(Half, node);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) sum += Scoring.Score(Half, node) & 1;
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(sum > 0);
    }
}
