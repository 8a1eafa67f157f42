using System.Text.Json.Nodes;

namespace Gossip.EndToEnd;

/// <summary><c>gossip plan</c> against real nodes: it says where pods would go and what would not fit, and nothing happens.</summary>
public sealed class PlanTests
{
    static string Deployment(string name, int replicas, string cpu, string more = "") => $$$"""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: "{{{name}}}" }
        spec:
          replicas: {{{replicas}}}
          selector: {matchLabels: {app: "{{{name}}}" } }
          template:
            metadata: {labels: {app: "{{{name}}}" } }
            spec:
              runtimeClassName: process
              {{{more}}}
              containers:
              - {name: main, command: [sleep, "3600"], resources: {requests: {cpu: "{{{cpu}}}" } } }
        """;

    [Fact]
    public async Task A_plan_tells_what_fits_and_what_does_not_on_any_node_and_changes_nothing()
    {
        await using var cluster = await LocalCluster.StartAsync(3);
        await LocalCluster.UntilAsync("every node has heard what all three have free", async () =>
        {
            foreach (var node in cluster.Nodes)
                if ((await node.GetAsync("gossip/v1/members"))["members"]!.AsArray().Count(member => (long)member!["freeMilliCpu"]! == 4000) != 3) return false;
            return true;
        });

        var fits = await PlanAsync(cluster, 0, Deployment("web", 3, "3"), "--json");
        Assert.True(fits.ExitCode == 0, fits.Output + fits.Error);
        var placement = JsonNode.Parse(fits.Output)!["placement"]!;
        Assert.True((bool)placement["fits"]!);
        Assert.Equal(["node-1", "node-2", "node-3"], placement["workloads"]![0]!["placed"]!.AsArray().Select(pod => (string)pod!["node"]!).Order(StringComparer.Ordinal));

        var tooMuch = await PlanAsync(cluster, 1, $"{Deployment("web", 4, "3")}\n---\n{Deployment("lost", 1, "1", "nodeSelector: {zone: a}")}");
        Assert.Equal(1, tooMuch.ExitCode);
        Assert.Contains("create Deployment default/web, 4 pods", tooMuch.Output);
        Assert.Contains("0 of 3 nodes: 3 lack cpu (nearest: node-1 lacks 2 cpu)", tooMuch.Output);
        Assert.Contains("0 of 3 nodes: 3 are not in zone a", tooMuch.Output);
        Assert.Contains("3 pods would be placed, 0 stay, 0 leave, 0 would be evicted, 2 would not fit. Nothing was changed.", tooMuch.Output);

        var faulty = await PlanAsync(cluster, 2, Deployment("web", 1_000_000, "1"));
        Assert.Equal(2, faulty.ExitCode);
        Assert.Contains("spec.replicas", faulty.Error);

        foreach (var node in cluster.Nodes)
        {
            Assert.Empty((await node.GetAsync("api/v1/pods"))["items"]!.AsArray());
            Assert.Empty((await node.GetAsync("apis/apps/v1/deployments"))["items"]!.AsArray());
        }
        Assert.Equal(0, PodRecords.Count(cluster));
    }

    [Fact]
    public async Task Every_node_says_why_a_pod_is_pending_and_so_do_its_condition_and_its_event()
    {
        await using var cluster = await LocalCluster.StartAsync(3);
        var manifest = Path.Combine(cluster.Folder, "big.yaml");
        await File.WriteAllTextAsync(manifest, Deployment("big", 1, "5"));
        var applied = await GossipProgram.RunAsync("apply", "-f", manifest, "--server", cluster[0].Api.BaseAddress!.ToString());
        Assert.True(applied.ExitCode == 0, applied.Error);
        const string line = "0/3 nodes are available: 3 lack cpu (nearest: node-1 lacks 1 cpu).";
        foreach (var node in cluster.Nodes)
        {
            var name = "";
            await LocalCluster.UntilAsync($"{node.Name} says why", async () =>
            {
                if ((await node.GetAsync("api/v1/namespaces/default/pods"))["items"]!.AsArray() is not [{ } pod]) return false;
                name = (string)pod["metadata"]!["name"]!;
                return (string?)pod["status"]!["conditions"]![0]!["message"] == line;
            });
            await LocalCluster.UntilAsync($"{node.Name} has the event", async () => (await node.GetAsync("api/v1/namespaces/default/events"))["items"]!.AsArray()
                .Any(seen => (string?)seen!["reason"] == "FailedScheduling" && (string?)seen["message"] == line));
            var why = await GossipProgram.RunAsync("why", name, "--server", node.Api.BaseAddress!.ToString());
            Assert.Contains("pending: 0 of 3 nodes: 3 lack cpu (nearest: node-1 lacks 1 cpu)", why.Output);
        }
    }

    static async Task<GossipOutcome> PlanAsync(LocalCluster cluster, int node, string manifest, params string[] more)
    {
        var file = Path.Combine(cluster.Folder, "plan.yaml");
        await File.WriteAllTextAsync(file, manifest);
        return await GossipProgram.RunAsync(["plan", "-f", file, "--server", cluster[node].Api.BaseAddress!.ToString(), .. more]);
    }
}
