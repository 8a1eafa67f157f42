namespace Gossip.EndToEnd;

/// <summary>Pods of a node that died come back elsewhere; and when it returns with those that went on, there are not too many.</summary>
public sealed class ReplacementTests
{
    const string Deployment = """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: web
        spec:
          replicas: 3
          selector:
            matchLabels:
              app: web
          template:
            metadata:
              labels:
                app: web
            spec:
              runtimeClassName: process
              terminationGracePeriodSeconds: 1
              containers:
              - name: main
                command: ["sleep", "3600"]
        """;

    [Fact]
    public async Task Pods_of_a_lost_machine_run_elsewhere()
    {
        await using var cluster = await StartWithThreePodsAsync();
        var lost = Busiest(cluster);

        await cluster[lost].LoseAsync();

        var others = cluster.Nodes.Where((_, index) => index != lost).ToList();
        await LocalCluster.UntilAsync("three pods run on the other two nodes", () => Task.FromResult(others.Sum(node => PodRecords.Of(node).Count) == 3));
        await LocalCluster.UntilAsync("both say so", async () => await RunningAsync(others[0]) == 3 && await RunningAsync(others[1]) == 3);
    }

    [Fact]
    public async Task A_node_that_returns_with_pods_that_were_replaced_meanwhile_leaves_exactly_as_many_as_wanted()
    {
        await using var cluster = await StartWithThreePodsAsync();
        var away = Busiest(cluster);

        await cluster[away].KillAsync(); // its pods go on
        var others = cluster.Nodes.Where((_, index) => index != away).ToList();
        await LocalCluster.UntilAsync("the others replace them", () => Task.FromResult(others.Sum(node => PodRecords.Of(node).Count) == 3));
        Assert.True(PodRecords.Count(cluster) > 3);
        await cluster.RestartAsync(away);

        await LocalCluster.UntilAsync("three pods are left in all, and every node says so", async () =>
        {
            foreach (var node in cluster.Nodes)
                if (await RunningAsync(node) != 3) return false;
            return PodRecords.Count(cluster) == 3;
        });
    }

    static async Task<LocalCluster> StartWithThreePodsAsync()
    {
        var cluster = await LocalCluster.StartAsync(3);
        try
        {
            await LocalCluster.UntilAsync("node-1 knows three nodes", async () =>
                (await cluster[0].GetAsync("api/v1/nodes"))["items"]!.AsArray().Count == 3);
            var manifest = Path.Combine(cluster.Folder, "web.yaml");
            await File.WriteAllTextAsync(manifest, Deployment);
            var applied = await GossipProgram.RunAsync("apply", "-f", manifest, "--server", cluster[0].Api.BaseAddress!.ToString());
            Assert.True(applied.ExitCode == 0, applied.Error);
            await LocalCluster.UntilAsync("every node sees three pods run", async () =>
            {
                foreach (var node in cluster.Nodes)
                    if (await RunningAsync(node) != 3) return false;
                return PodRecords.Count(cluster) == 3;
            });
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    static int Busiest(LocalCluster cluster) => Enumerable.Range(0, cluster.Nodes.Count).MaxBy(index => PodRecords.Of(cluster[index]).Count);

    static async Task<int> RunningAsync(NodeProcess node) =>
        (await node.GetAsync("api/v1/namespaces/default/pods"))["items"]!.AsArray().Count(pod => pod?["status"]?["phase"]?.GetValue<string>() == "Running");
}
