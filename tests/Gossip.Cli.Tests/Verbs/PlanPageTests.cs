using System.Text.Json.Nodes;
using Gossip.Cli.Verbs;

namespace Gossip.Cli.Tests.Verbs;

/// <summary>A plan as people read it.</summary>
public sealed class PlanPageTests
{
    static JsonObject Plan(string workload, int evictions = 0) => JsonNode.Parse($$"""
        {
          "steps": [{"kind": "Deployment", "namespace": "shop", "name": "web", "action": "change"}],
          "placement": {"evictions": {{evictions}}, "workloads": [{"kind": "Deployment", "namespace": "shop", "name": "web", {{workload}}}]}
        }
        """)!.AsObject();

    static string Pods(string field, string node, params IEnumerable<string> names) =>
        $"\"{field}\": [{string.Join(", ", names.Select(name => Pod(node, name)))}]";


    static string Pod(string node, string name) => $$"""{"pod": "{{name}}", "node": "{{node}}", "because": "smaller", "evicts": []}""";

    [Fact]
    public void Each_node_has_a_line_and_each_line_its_pods()
    {
        var plan = Plan($"\"before\": 2, \"after\": 3, {Pods("stay", "n1", "web-0")}, {Pods("placed", "n2", "web-1", "web-2")}, "
            + $"{Pods("leave", "n3", "web-9")}, \"misfits\": []");
        Assert.Equal(
            ["change Deployment shop/web, 2 to 3 pods", "  n1: web-0 stays", "  n2: web-1, web-2", "  n3: web-9 leaves: smaller"],
            PlanPage.Lines(plan));
        Assert.Equal(
            "2 pods would be placed, 1 stay, 1 leave, 0 would be evicted, 0 would not fit. Nothing was changed.",
            PlanPage.Summary(plan));
    }

    [Fact]
    public void Of_many_pods_six_are_named_and_the_rest_is_counted()
    {
        var nine = Pods("placed", "n1", Enumerable.Range(0, 9).Select(i => $"web-{i}"));
        var plan = Plan($"\"before\": 0, \"after\": 9, \"stay\": [], {nine}, \"leave\": [], \"misfits\": []");
        Assert.Equal(
            ["change Deployment shop/web, 9 pods", "  n1: web-0, web-1, web-2, web-3, web-4, web-5 and 3 more"],
            PlanPage.Lines(plan));
    }

    [Fact]
    public void What_does_not_fit_says_how_many_and_why()
    {
        var plan = Plan("""
            "before": 0, "after": 3, "stay": [], "leave": [],
            "placed": [{"pod": "web-0", "node": "n1", "evicts": ["batch-1", "batch-2"]}],
            "misfits": [{"pods": 2, "first": "web-1", "because": "needs 2 cpu"}]
            """, evictions: 2);
        Assert.Equal(
            [
                "change Deployment shop/web, 3 pods", "  n1: web-0", "  n1: evicts batch-1, batch-2",
                "  does not fit: web-1 and 1 more: needs 2 cpu",
            ],
            PlanPage.Lines(plan));
        Assert.Equal(
            "1 pods would be placed, 0 stay, 0 leave, 2 would be evicted, 2 would not fit. Nothing was changed.",
            PlanPage.Summary(plan));
    }

    [Fact]
    public void A_workload_that_asks_for_nothing_is_named_all_the_same() => Assert.Equal(
        ["change Deployment shop/web, 0 pods"],
        PlanPage.Lines(Plan("\"before\": 0, \"after\": 0, \"stay\": [], \"placed\": [], \"leave\": [], \"misfits\": []")));
}
