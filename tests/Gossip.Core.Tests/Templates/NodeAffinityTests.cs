using System.Text;
using System.Text.Json;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;

namespace Gossip.Core.Tests.Templates;

/// <summary>Node affinity as Kubernetes documents it ("Assigning Pods to Nodes").</summary>
public class NodeAffinityTests
{
    static readonly Labels Node = Labels.Of(("zone", "a"), ("cores", "8"), ("empty", ""));

    [Theory]
    [InlineData("zone", "In", "a b", true)]
    [InlineData("zone", "In", "b", false)]
    [InlineData("disk", "In", "ssd", false)]
    [InlineData("zone", "NotIn", "b", true)]
    [InlineData("zone", "NotIn", "a", false)]
    [InlineData("disk", "NotIn", "ssd", true)] // a node without the label fulfils it
    [InlineData("empty", "Exists", "", true)]
    [InlineData("disk", "Exists", "", false)]
    [InlineData("disk", "DoesNotExist", "", true)]
    [InlineData("zone", "DoesNotExist", "", false)]
    [InlineData("cores", "Gt", "7", true)]
    [InlineData("cores", "Gt", "8", false)]
    [InlineData("cores", "Lt", "9", true)]
    [InlineData("cores", "Lt", "8", false)]
    [InlineData("cores", "Gt", "-1", true)]
    [InlineData("zone", "Gt", "1", false)] // no number
    [InlineData("disk", "Lt", "1", false)] // not there
    public void An_operator_means_what_kubernetes_says(string key, string named, string values, bool matches)
    {
        var list = string.Join(",", values.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(value => $"\"{value}\""));
        var (affinity, problem) = Required($$"""[{"matchExpressions":[{"key":"{{key}}","operator":"{{named}}","values":[{{list}}]}]}]""");

        Assert.Null(problem);
        Assert.Equal(matches, affinity.Admits(Node, "n1"));
    }

    [Fact]
    public void Terms_are_alternatives_and_a_terms_requirements_are_not()
    {
        const string Zone = """{"key":"zone","operator":"In","values":["a"]}""", Ssd = """{"key":"disk","operator":"Exists"}""";

        Assert.False(Required($$"""[{"matchExpressions":[{{Zone}},{{Ssd}}]}]""").Affinity.Admits(Node, "n1"));
        Assert.True(Required($$"""[{"matchExpressions":[{{Ssd}}]},{"matchExpressions":[{{Zone}}]}]""").Affinity.Admits(Node, "n1"));
    }

    [Fact]
    public void An_empty_term_matches_no_node_and_no_affinity_any()
    {
        Assert.False(Required("[{}]").Affinity.Admits(Node, "n1"));
        Assert.True(NodeAffinity.None.Admits(Node, "n1"));
    }

    [Fact]
    public void A_node_can_be_named()
    {
        var (affinity, problem) = Required("""[{"matchFields":[{"key":"metadata.name","operator":"In","values":["n1"]}]}]""");

        Assert.Null(problem);
        Assert.Equal((true, false), (affinity.Admits(Node, "n1"), affinity.Admits(Node, "n2")));
    }

    [Theory]
    [InlineData("[]", "nodeSelectorTerms")]
    [InlineData("""[{"matchExpressions":[{"operator":"Exists"}]}]""", "nodeSelectorTerms[0].matchExpressions[0].key")]
    [InlineData("""[{"matchExpressions":[{"key":"a","operator":"Like"}]}]""", "nodeSelectorTerms[0].matchExpressions[0].operator")]
    [InlineData("""[{"matchExpressions":[{"key":"a","operator":"In"}]}]""", "nodeSelectorTerms[0].matchExpressions[0].values")]
    [InlineData("""[{"matchExpressions":[{"key":"a","operator":"Exists","values":["x"]}]}]""", "nodeSelectorTerms[0].matchExpressions[0].values")]
    [InlineData("""[{"matchExpressions":[{"key":"a","operator":"Gt","values":["x"]}]}]""", "nodeSelectorTerms[0].matchExpressions[0].values")]
    [InlineData("""[{"matchFields":[{"key":"metadata.uid","operator":"In","values":["x"]}]}]""", "nodeSelectorTerms[0].matchFields[0].key")]
    public void What_would_be_misunderstood_is_refused_by_its_field(string terms, string field) =>
        Assert.EndsWith($"requiredDuringSchedulingIgnoredDuringExecution.{field}", Required(terms).Problem!.Value.Field, StringComparison.Ordinal);

    [Fact]
    public void Preferences_weigh_together_what_a_node_fulfils()
    {
        var (affinity, problem) = Read("""
            {"preferredDuringSchedulingIgnoredDuringExecution":[
              {"weight":80,"preference":{"matchExpressions":[{"key":"zone","operator":"In","values":["a"]}]}},
              {"weight":20,"preference":{"matchExpressions":[{"key":"disk","operator":"Exists"}]}}]}
            """);

        Assert.Null(problem);
        Assert.Equal((80, 100), (affinity.WeightOf(Node, "n1"), affinity.Greatest));
        Assert.True(affinity.Admits(Labels.Empty, "n1"));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("101")]
    [InlineData("\"5\"")]
    public void A_weight_is_from_1_to_100(string weight) => Assert.EndsWith("[0].weight", Read(
        $$$"""{"preferredDuringSchedulingIgnoredDuringExecution":[{"weight":{{{weight}}},"preference":{"matchExpressions":[]}}]}""").Problem!.Value.Field, StringComparison.Ordinal);

    static (NodeAffinity Affinity, TemplateProblem? Problem) Required(string terms) =>
        Read($$$"""{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":{{{terms}}}}}""");

    static (NodeAffinity Affinity, TemplateProblem? Problem) Read(string nodeAffinity)
    {
        var faults = new TemplateFaults();
        using var document = JsonDocument.Parse(Encoding.UTF8.GetBytes($$$"""{"affinity":{"nodeAffinity":{{{nodeAffinity}}}}}"""));
        var read = new NodeAffinityReader(faults).Read(document.RootElement);
        return (read, faults.IsEmpty ? null : faults.Found[0]);
    }
}
