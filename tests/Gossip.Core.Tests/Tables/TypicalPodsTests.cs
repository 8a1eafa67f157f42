using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Core.Templates;
using Gossip.Core.Tests.Scheduling;

namespace Gossip.Core.Tests.Tables;

public class TypicalPodsTests
{
    static PodTemplate Pod(long cpu, int milli = 0) => Some.Template with
    {
        Requests = Some.Room(cpu),
        Device = milli == 0 ? null : new DeviceRequest("gpu", 1, milli, []),
    };

    [Fact]
    public void Shapes_are_counted_the_most_frequent_first()
    {
        var typical = new TypicalPods();
        foreach (var pod in (PodTemplate[])[Pod(100), Pod(200, 500), Pod(200, 500), Pod(200, 300)]) typical.Count(pod, 1);
        Assert.Equal([(200, 2), (100, 1), (200, 1)], typical.Shapes.ToArray().Select(shape => (shape.Cpu, shape.Count)));
        Assert.Equal(4, typical.Weight);
    }

    [Fact]
    public void What_is_wanted_no_more_does_not_count()
    {
        var typical = new TypicalPods();
        typical.Count(Pod(100, 500), 1);
        Assert.True(typical.HaveDevices);
        typical.Count(Pod(100, 500), -1);
        typical.Count(Pod(100, 500), -1); // never counted: nothing happens
        Assert.False(typical.HaveDevices);
        Assert.Equal(0, typical.Shapes.Length);
    }

    [Fact]
    public void A_few_pods_more_do_not_move_the_scores()
    {
        var typical = new TypicalPods();
        for (var i = 0; i < 160; i++) typical.Count(Pod(100, 500), 1);
        Assert.Equal(160, typical.Shapes[0].Count);
        for (var i = 0; i < 10; i++) typical.Count(Pod(100, 500), 1);
        Assert.Equal(160, typical.Shapes[0].Count);
        typical.Count(Pod(100, 500), 1);
        Assert.Equal(171, typical.Shapes[0].Count);
    }

    [Fact]
    public void However_many_shapes_there_are_a_bounded_number_is_read()
    {
        var typical = new TypicalPods();
        for (var i = 0; i < 5000; i++) typical.Count(Pod(i, 500), 1);
        Assert.Equal(TypicalPods.Most, typical.Shapes.Length);
    }
}
