using System.Text.Json.Nodes;
using Gossip.Kubernetes.Tests.Api;

namespace Gossip.EndToEnd;

/// <summary>A node is emptied by plain kubectl and by gossip, no faster than a budget allows, and taints drive pods out.</summary>
public sealed class DrainTests
{
    const string Web = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: 4
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              runtimeClassName: process
              terminationGracePeriodSeconds: 2
              containers: [{name: sleep, command: ["sleep", "3600"]}]
        ---
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: web}
        spec: {MIN, selector: {matchLabels: {app: web}}}
        """;

    [Fact]
    public async Task A_node_is_cordoned_drained_within_the_budget_and_taken_back()
    {
        Assert.SkipUnless(Kubectl.IsThere, Kubectl.Absent);
        await using var cluster = await LocalCluster.StartAsync(3);
        using var kubectl = new Kubectl(cluster[0].Api.BaseAddress!);
        await kubectl.OkAsync("create -f -", Web.Replace("MIN", "minAvailable: 4", StringComparison.Ordinal));
        await UntilReadyAsync(kubectl);
        var budget = await kubectl.OkAsync("get pdb");
        Assert.Matches(@"NAME\s+MIN AVAILABLE\s+MAX UNAVAILABLE\s+ALLOWED DISRUPTIONS\s+AGE\nweb\s+4\s+N/A\s+0\s", budget);

        var node = await NodeOfOneAsync(kubectl);
        Assert.Equal($"node/{node} cordoned", (await kubectl.OkAsync($"cordon {node}")).Trim());
        Assert.Contains("SchedulingDisabled", await kubectl.OkAsync($"get node {node}"), StringComparison.Ordinal);

        // Nothing to spare: kubectl goes on trying until its time is over, and nothing has moved.
        var refused = await kubectl.RunAsync($"drain {node} --timeout=3s");
        Assert.NotEqual(0, refused.Code);
        Assert.Contains("Cannot evict pod as it would violate the pod's disruption budget.", refused.Error, StringComparison.Ordinal);
        Assert.NotEqual(0, await PodsOnAsync(cluster, node));

        await kubectl.OkAsync("replace -f -", Web[(Web.IndexOf("---", StringComparison.Ordinal) + 4)..].Replace("MIN", "maxUnavailable: 1", StringComparison.Ordinal));
        Assert.Contains($"node/{node} drained", await kubectl.OkAsync($"drain {node}"), StringComparison.Ordinal);
        Assert.Equal(0, await PodsOnAsync(cluster, node)); // not only moved: ended
        await UntilReadyAsync(kubectl);
        Assert.DoesNotContain(node, await kubectl.OkAsync("get pods -o jsonpath={.items[*].spec.nodeName}"), StringComparison.Ordinal);
        Assert.Equal($"node/{node} uncordoned", (await kubectl.OkAsync($"uncordon {node}")).Trim());
        Assert.DoesNotContain("SchedulingDisabled", await kubectl.OkAsync($"get node {node}"), StringComparison.Ordinal);

        // The same by gossip, which tells of each pod; and what is tainted is left at once.
        var next = await NodeOfOneAsync(kubectl);
        var drained = await GossipProgram.RunAsync("drain", next, "--json", "--server", cluster[1].Api.BaseAddress!.ToString());
        Assert.True(drained.ExitCode == 0, drained.Error);
        var report = JsonNode.Parse(drained.Output)!;
        Assert.True((bool)report["drained"]!);
        Assert.All(report["pods"]!.AsArray(), pod => Assert.Equal("gone", (string)pod!["state"]!));
        Assert.Equal(0, await PodsOnAsync(cluster, next));
        var back = await GossipProgram.RunAsync("uncordon", next, "--server", cluster[1].Api.BaseAddress!.ToString());
        Assert.True(back.ExitCode == 0, back.Error);
        await UntilReadyAsync(kubectl);

        var third = await NodeOfOneAsync(kubectl);
        await kubectl.OkAsync($"label node {third} disk=old");
        await kubectl.OkAsync($"taint node {third} broken=yes:NoExecute");
        Assert.Contains("broken=yes:NoExecute", await kubectl.OkAsync($"get node {third} -o jsonpath={{range.spec.taints[*]}}{{.key}}={{.value}}:{{.effect}}{{end}}"), StringComparison.Ordinal);
        await LocalCluster.UntilAsync("the tainted node is empty", async () => await PodsOnAsync(cluster, third) == 0);
        await UntilReadyAsync(kubectl);
        Assert.Contains("TaintManagerEviction", await kubectl.OkAsync("get events"), StringComparison.Ordinal);
        await kubectl.OkAsync($"taint node {third} broken-");
        Assert.Equal("old", await kubectl.OkAsync($"get node {third} -o jsonpath={{.metadata.labels.disk}}"));
        Assert.Equal("", await kubectl.OkAsync($"get node {third} -o jsonpath={{.spec.taints}}"));
    }

    static Task UntilReadyAsync(Kubectl kubectl) => LocalCluster.UntilAsync("four pods are ready", async () =>
        (await kubectl.OkAsync("get pods --no-headers")).Split('\n').Count(line => line.Contains("1/1", StringComparison.Ordinal)) == 4);

    static async Task<string> NodeOfOneAsync(Kubectl kubectl) => await kubectl.OkAsync("get pods -o jsonpath={.items[0].spec.nodeName}");

    static async Task<int> PodsOnAsync(LocalCluster cluster, string node) =>
        (await cluster[0].GetAsync($"gossip/v1/nodes/{node}/pods"))["pods"]!.AsArray().Count;
}
