using Gossip.Core.Kinds;
using Gossip.Core.Primitives;

namespace Gossip.Core.Tests.Kinds;

public sealed class ObjectKindsTests
{
    static ReadOnlyMemory<byte> Nothing(string field) => default;

    [Fact]
    public void Every_name_leads_to_its_kind()
    {
        Assert.NotEmpty(ObjectKinds.Names);
        Assert.All(ObjectKinds.Names, name => Assert.Equal($"{name}Kind", ObjectKinds.Of(new ObjectName(name, "", "one")).GetType().Name));
    }

    /// <summary>A kind whose file is there and whose line is not would be kept and shown, and do nothing.</summary>
    [Fact]
    public void Every_kind_there_is_stands_in_the_list()
    {
        var there = typeof(ObjectKind).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(ObjectKind)) && !type.IsAbstract);
        Assert.Equal(
            there.Select(type => type.Name[..^"Kind".Length]).Order(StringComparer.Ordinal),
            ObjectKinds.Names.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_kind_that_nobody_knows_is_kept()
    {
        var name = new ObjectName("Widget", "default", "w");
        Assert.Equal(KindRole.Kept, ObjectKinds.RoleOf(name));
        Assert.Null(ObjectKinds.Of(name).Validate(name, Nothing));
        Assert.Null(ObjectKinds.WorkloadOf(name));
    }

    [Theory]
    [InlineData(PodKind.Kind, "metadata.labels", false)]
    [InlineData(DeploymentKind.Kind, "spec.template.metadata.labels", true)]
    public void A_workload_names_the_fields_of_its_template_as_its_object_does(string kind, string expected, bool isScaled)
    {
        var workload = ObjectKinds.WorkloadOf(new ObjectName(kind, "", "one"))!;
        Assert.Equal((expected, isScaled), (workload.NameOfField("metadata.labels"), workload.IsScaled));
    }

    [Fact]
    public void Of_two_names_of_nodes_alike_no_list_of_voters_is_made()
    {
        var kind = ObjectKinds.Of(VotersKind.Name);
        Assert.True(kind.NeedsConsent);
        Assert.Null(kind.Validate(VotersKind.Name, _ => """["a","b"]"""u8.ToArray()));
        Assert.NotNull(kind.Validate(VotersKind.Name, _ => """["a","a"]"""u8.ToArray()));
        Assert.NotNull(kind.Validate(new ObjectName(VotersKind.Kind, "", "others"), _ => """["a"]"""u8.ToArray()));
    }
}
