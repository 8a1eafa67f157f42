using Gossip.Core.Kinds;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Requests;
using Gossip.Core.Tables;
using static Gossip.Core.Tests.Tables.TestCluster;

namespace Gossip.Core.Tests.Tables;

public class PriorityTests
{
    static readonly ObjectName Solo = new("Pod", "default", "solo");

    readonly TestCluster cluster = new();

    Slot Slot => Assert.Single(cluster.Wanted);

    void CreatePod(params ObjectField[] more) => cluster.Create(Solo, [Field("spec.containers", """[{"name":"a"}]"""), .. more]);

    Reply Class(string name, params (string Field, string Json)[] fields) =>
        cluster.Do(new CreateObject(
            new ObjectName(PriorityClassKind.Kind, "", name), "scheduling.k8s.io/v1",
            [.. fields.Select(field => Field(field.Field, field.Json))]));

    [Fact]
    public void A_pod_has_the_priority_of_its_class_of_the_default_or_none()
    {
        CreatePod();
        Assert.Equal(0, cluster.Slots.PriorityOf(Slot));
        Class("usual", ("value", "7"), ("globalDefault", "true"));
        Assert.Equal(7, cluster.Slots.PriorityOf(Slot));
        cluster.Do(new ReplaceObject(Solo, 0, [Field("spec.containers", """[{"name":"a"}]"""), Field("spec.priorityClassName", "\"high\"")]));
        Class("high", ("value", "1000"), ("preemptionPolicy", "\"Never\""));
        Assert.Equal((1000, false), (cluster.Slots.PriorityOf(Slot), cluster.Slots.MayPreempt(Slot)));
    }

    [Fact]
    public void A_pod_of_an_unknown_class_waits_for_it_and_says_so()
    {
        CreatePod(Field("spec.priorityClassName", "\"high\""));
        Assert.False(cluster.Slots.IsOpen(Slot, cluster.Now.Monotonic));
        Assert.Equal("there is no PriorityClass \"high\"", Assert.Single(cluster.View.Pods).PendingBecause);
        cluster.Slots.Dirty.Clear();
        Class("high", ("value", "-5"));
        Assert.Contains(Slot.Id, cluster.Slots.Dirty);
        Assert.True(cluster.Slots.IsOpen(Slot, cluster.Now.Monotonic));
        Assert.Equal(-5, cluster.Slots.PriorityOf(Slot));
    }

    [Theory]
    [InlineData("system-node-critical", 2_000_001_000)]
    [InlineData("system-cluster-critical", 2_000_000_000)]
    public void The_systems_own_classes_are_there_without_an_object(string name, int priority)
    {
        CreatePod(Field("spec.priorityClassName", $"\"{name}\""), Field("spec.preemptionPolicy", "\"Never\""));
        Assert.Equal((priority, false), (cluster.Slots.PriorityOf(Slot), cluster.Slots.MayPreempt(Slot)));
    }

    [Theory]
    [InlineData("high", "1000000001", "", "value")]
    [InlineData("high", "1.5", "", "value")]
    [InlineData("high", "", "", "value")]
    [InlineData("system-mine", "1", "", "metadata.name")]
    [InlineData("high", "1", "\"Perhaps\"", "preemptionPolicy")]
    public void A_class_that_cannot_be_meant_is_refused_with_the_field(string name, string value, string policy, string field) =>
        Assert.Equal(field, Assert.IsType<Refused>(Class(name, ("value", value), ("preemptionPolicy", policy))).Field);

    [Fact]
    public void A_second_default_is_refused_and_so_is_another_value()
    {
        Class("usual", ("value", "7"), ("globalDefault", "true"));
        Assert.Equal("globalDefault: usual is the default already", Assert.IsType<Refused>(Class("other", ("value", "8"), ("globalDefault", "true"))).Message);
        var name = new ObjectName(PriorityClassKind.Kind, "", "usual");
        Assert.Equal("value", Assert.IsType<Refused>(cluster.Do(new ReplaceObject(name, 0, [Field("value", "8")]))).Field);
        Assert.IsType<ObjectStored>(cluster.Do(new ReplaceObject(name, 0, [Field("value", "7"), Field("globalDefault", "true"), Field("description", "\"x\"")])));
    }
}
