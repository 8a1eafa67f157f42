using Gossip.Core.Explain;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;
using Gossip.Core.Tests.Scheduling;

namespace Gossip.Core.Tests.Explain;

public class ContradictionTests
{
    static NodeRequirement Is(string key, NodeOperator says, params string[] values) => new(key, says, [.. values]);

    static PodTemplate Pod(string selector, params NodeRequirement[][] terms) => Some.Template with
    {
        NodeSelector = Labels.Of(selector.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(pair => KeyValuePair.Create(pair.Split('=')[0], pair.Split('=')[1]))),
        NodeAffinity = terms.Length == 0 ? NodeAffinity.None : new NodeAffinity([.. terms.Select(term => new NodeTerm([.. term], []))], []),
    };

    public static TheoryData<string, PodTemplate, string?> Cases => new()
    {
        { "nothing asked", Pod(""), null },
        { "In and NotIn", Pod("", [Is("zone", NodeOperator.In, "a"), Is("zone", NodeOperator.NotIn, "a")]), "node affinity zone In [a] and node affinity zone NotIn [a]" },
        { "In and NotIn that leaves one", Pod("", [Is("zone", NodeOperator.In, "a", "b"), Is("zone", NodeOperator.NotIn, "a")]), null },
        { "selector and In", Pod("zone=a", [Is("zone", NodeOperator.In, "b")]), "nodeSelector zone=a and node affinity zone In [b]" },
        { "selector and In of another label", Pod("zone=a", [Is("rack", NodeOperator.In, "b")]), null },
        { "no range", Pod("", [Is("cores", NodeOperator.Gt, "4"), Is("cores", NodeOperator.Lt, "5")]), "node affinity cores Gt [4] and node affinity cores Lt [5]" },
        { "a range of one", Pod("", [Is("cores", NodeOperator.Gt, "4"), Is("cores", NodeOperator.Lt, "6")]), null },
        { "a range of one that is left out, but not as 05", Pod("", [Is("cores", NodeOperator.Gt, "4"), Is("cores", NodeOperator.Lt, "6"), Is("cores", NodeOperator.NotIn, "5")]), null },
        { "beyond all numbers", Pod("", [Is("cores", NodeOperator.Gt, "9223372036854775807")]), "node affinity cores Gt [9223372036854775807]" },
        { "In out of range", Pod("", [Is("cores", NodeOperator.In, "2", "4"), Is("cores", NodeOperator.Gt, "4")]), "node affinity cores In [2, 4] and node affinity cores Gt [4]" },
        { "Exists and DoesNotExist", Pod("", [Is("gpu", NodeOperator.Exists), Is("gpu", NodeOperator.DoesNotExist)]), "node affinity gpu Exists and node affinity gpu DoesNotExist" },
        { "NotIn and DoesNotExist", Pod("", [Is("gpu", NodeOperator.NotIn, "x"), Is("gpu", NodeOperator.DoesNotExist)]), null },
        { "three that only together are empty", Pod("", [Is("z", NodeOperator.In, "a", "b"), Is("z", NodeOperator.In, "b", "c"), Is("z", NodeOperator.In, "c", "a")]), "node affinity z In [a, b] and node affinity z In [b, c] and node affinity z In [c, a]" },
        { "one of two terms can hold", Pod("zone=a", [Is("zone", NodeOperator.In, "b")], [Is("zone", NodeOperator.In, "a")]), null },
        { "none of two terms can", Pod("zone=a", [Is("zone", NodeOperator.In, "b")], [Is("zone", NodeOperator.In, "c")]), "nodeSelector zone=a and node affinity zone In [b] together; nor can the other 1 terms be fulfilled" },
        { "a term without requirements", Pod("", new NodeRequirement[][] { [] }), "a node affinity term without requirements" },
        { "two node names", Some.Template with { NodeName = "n1", NodeAffinity = new NodeAffinity([new NodeTerm([], [Is("metadata.name", NodeOperator.In, "n2")])], []) }, "nodeName n1 and node affinity metadata.name In [n2]" },
    };

    [Theory, MemberData(nameof(Cases))]
    public void Terms_that_exclude_each_other_are_named(string what, PodTemplate pod, string? clash)
    {
        Assert.NotEmpty(what);
        Assert.Equal(clash is null ? null : $"no node can ever fulfil {clash}", Contradiction.Of(pod));
    }

    [Fact]
    public void To_want_and_to_shun_the_same_pods_is_one_too_unless_it_is_of_them_itself()
    {
        var term = new PodTerm(new PodSet(new Selector(Labels.Of(("app", "db")), []), [], false), "zone");
        var pod = Some.Template with { PodAffinity = new PodAffinity([term], [], [term], []) };
        Assert.Equal("podAffinity wants pods app=db and podAntiAffinity refuses them in the same zone: both can never hold", Contradiction.Of(pod));
        Assert.Null(Contradiction.Of(pod with { Labels = Labels.Of(("app", "db")) }));
        Assert.Null(Contradiction.Of(pod with { PodAffinity = new PodAffinity([term], [], [term with { TopologyKey = "rack" }], []) }));
    }
}
