using System.Text.Json.Nodes;
using Gossip.Core.Primitives;
using Gossip.Kubernetes.Kinds;
using Gossip.Kubernetes.Kinds.Showing;
using Gossip.Kubernetes.Tests.Fakes;

namespace Gossip.Kubernetes.Tests.Kinds;

public class ServedKindsTests
{
    [Fact]
    public void Every_kind_that_is_written_is_served()
    {
        var written = typeof(ServedKind).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(ServedKind)) && !type.IsAbstract);
        Assert.Equal(
            written.Select(type => type.Name).Order(StringComparer.Ordinal),
            ServedKinds.All.Select(kind => kind.GetType().Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Names_are_each_kinds_own()
    {
        Assert.Distinct(ServedKinds.All.Select(kind => kind.Kind));
        Assert.Distinct(ServedKinds.All.Select(kind => kind.Resource));
        // Endpoints are called the same one by one and together.
        var names = ServedKinds.All.SelectMany(kind => new HashSet<string> { kind.Plural, kind.Singular, kind.ShortName });
        Assert.Distinct(names.Where(name => name.Length > 0));
    }

    /// <summary>Columns are made of rendered objects of any shape: an older or a later version may have sent them.</summary>
    [Fact]
    public void Columns_and_selectable_fields_can_be_taken_of_an_object_of_any_shape()
    {
        foreach (var kind in ServedKinds.All)
            foreach (var odd in (string[])["{}", """{"metadata":1,"spec":[],"status":"x","data":0,"subsets":[1],"involvedObject":3}"""])
                foreach (var column in kind.Columns)
                    Assert.NotNull(column.Cell((JsonObject)JsonNode.Parse(odd)!, FakeCluster.Start.ToDateTimeOffset()) ?? "");
    }

    /// <summary>What only the operator's side of a cluster has: shown with every field that a list needs.</summary>
    [Fact]
    public void Whatever_a_kind_lists_has_its_name_uid_and_version()
    {
        var cluster = new ClusterIndex(
            new FakeCluster().WithNode("n1", "process").WithEvent(new ObjectName("Node", "", "n1"), "NodeReady", "it is").View());
        foreach (var kind in ServedKinds.All)
            foreach (var entry in kind.List(cluster))
            {
                var shown = entry.Render();
                Assert.Equal(
                    (kind.Kind, kind.ApiVersion, entry.Name.Name),
                    ((string)shown["kind"]!, (string)shown["apiVersion"]!, (string)shown["metadata"]!["name"]!));
                Assert.NotEmpty((string)shown["metadata"]!["uid"]!);
                Assert.NotEmpty((string)shown["metadata"]!["resourceVersion"]!);
            }
    }
}
