using System.Text.Json.Nodes;
using Gossip.Kubernetes.Tests.Api;

namespace Gossip.EndToEnd;

/// <summary>
/// The auction's rules on five real nodes in three zones, with the manifests that the repository shows: whatever a node says,
/// what counts is which processes run.
/// </summary>
public sealed class FiveNodesTests(FiveNodesTests.FiveNodes cluster) : IClassFixture<FiveNodesTests.FiveNodes>, IAsyncLifetime
{
    /// <summary>Five nodes of 4 cpu each; zones a, a, b, b, c.</summary>
    public sealed class FiveNodes : IAsyncLifetime
    {
        static readonly string[] Zones = ["a", "a", "b", "b", "c"];

        public LocalCluster Nodes { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Nodes = await LocalCluster.StartAsync(5, index => ["--label", $"topology.kubernetes.io/zone={Zones[index]}"]);
            await LocalCluster.UntilAsync("every node knows five", async () =>
            {
                foreach (var node in Nodes.Nodes)
                    if ((await node.GetAsync("api/v1/nodes"))["items"]!.AsArray().Count != 5) return false;
                return true;
            });
        }

        public string ZoneOf(string node) => Zones[Nodes.Nodes.ToList().FindIndex(known => known.Name == node)];

        public ValueTask DisposeAsync() => Nodes.DisposeAsync();
    }

    static readonly string[] Used = ["zones.yaml", "urgent.yaml", "priority.yaml", "gang.yaml"];

    public ValueTask InitializeAsync() => default;

    /// <summary>The next test gets the nodes empty, however this one ended.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!Kubectl.IsThere) return;
        using var kubectl = StartKubectl();
        foreach (var example in Used) await kubectl.OkAsync($"delete --ignore-not-found -f {Examples.Path(example)}");
        await LocalCluster.UntilAsync("nothing runs any more", () => Task.FromResult(PodRecords.Count(cluster.Nodes) == 0));
        foreach (var node in cluster.Nodes.Nodes) await GossipProgram.RunAsync("uncordon", node.Name, "--server", Server);
    }

    string Server => cluster.Nodes[3].Api.BaseAddress!.ToString();

    [Fact]
    public async Task Copies_that_must_not_share_a_zone_have_one_each_and_a_fourth_says_what_it_waits_for()
    {
        using var kubectl = StartKubectl();
        await kubectl.OkAsync($"create -f {Examples.Path("zones.yaml")}");
        await UntilRunningAsync("app=zones", 3);
        Assert.Equal(["a", "b", "c"], (await PodsAsync("app=zones")).Select(pod => cluster.ZoneOf(NodeOf(pod)!)).Order());
        Assert.Equal(3, PodRecords.Count(cluster.Nodes));

        await kubectl.OkAsync($"replace -f {await WithAsync("zones.yaml", "replicas: 3", "replicas: 4")}");
        await LocalCluster.UntilAsync("the fourth is told why it waits", async () =>
            (await PodsAsync("app=zones")).SingleOrDefault(pod => NodeOf(pod) is null) is { } waiting
            && Reason(waiting).StartsWith("0/5 nodes are available", StringComparison.Ordinal));
        var fourth = (await PodsAsync("app=zones")).Single(pod => NodeOf(pod) is null)["metadata"]!["name"]!.GetValue<string>();
        var why = await GossipProgram.RunAsync("why", fourth, "--server", Server);
        Assert.Contains("topology.kubernetes.io/zone", why.Output, StringComparison.Ordinal);
        Assert.Equal(3, PodRecords.Count(cluster.Nodes));
    }

    [Fact]
    public async Task What_is_worth_more_takes_the_place_of_the_fewest_that_are_worth_less()
    {
        using var kubectl = StartKubectl();
        await kubectl.OkAsync($"create -f {Examples.Path("priority.yaml")}");
        await UntilRunningAsync("app=batch", 18); // of 20 cpu
        await kubectl.OkAsync($"create -f {Examples.Path("urgent.yaml")}");
        await UntilRunningAsync("app=urgent", 1);

        var urgent = NodeOf((await PodsAsync("app=urgent")).Single())!;
        await LocalCluster.UntilAsync("kubectl tells who made way and for whom", async () =>
            (await kubectl.OkAsync("get events")).Split('\n').Any(line => line.Contains("Preempted", StringComparison.Ordinal) && line.Contains("urgent", StringComparison.Ordinal)));
        var why = await GossipProgram.RunAsync("why", "urgent", "--server", Server);
        Assert.Contains(urgent, why.Output, StringComparison.Ordinal);
        await UntilRunningAsync("app=batch", 17); // three of 20 are urgent's: what made way and still fits runs elsewhere
        Assert.True((await PodsAsync("app=batch")).Count(pod => NodeOf(pod) == urgent) <= 1);
    }

    [Fact]
    public async Task A_node_is_drained_by_any_other_and_all_its_pods_run_elsewhere()
    {
        using var kubectl = StartKubectl();
        await kubectl.OkAsync($"create -f {await WithAsync("priority.yaml", "replicas: 18", "replicas: 15")}");
        await UntilRunningAsync("app=batch", 15);

        var drained = await GossipProgram.RunAsync("drain", "node-5", "--server", Server);
        Assert.True(drained.ExitCode == 0, drained.Output + drained.Error);
        Assert.Empty(PodRecords.Of(cluster.Nodes[4]));
        await UntilRunningAsync("app=batch", 15); // 16 cpu on the other four
        Assert.DoesNotContain(await PodsAsync("app=batch"), pod => NodeOf(pod) == "node-5");
    }

    [Fact]
    public async Task A_gang_runs_whole_or_not_at_all()
    {
        using var kubectl = StartKubectl();
        var half = await WithAsync("priority.yaml", "replicas: 18", "replicas: 8");
        await kubectl.OkAsync($"create -f {half}");
        await UntilRunningAsync("app=batch", 8);
        await kubectl.OkAsync($"create -f {Examples.Path("gang.yaml")}"); // three cpu each, and not on every node are three free
        await LocalCluster.UntilAsync("the gang is told what it lacks", async () =>
            (await PodsAsync("app=train")) is { Count: 5 } pods && pods.All(pod => Reason(pod).Contains("gang train needs 5 together, ", StringComparison.Ordinal)));
        Assert.Equal(8, PodRecords.Count(cluster.Nodes));

        await kubectl.OkAsync($"delete -f {half}");
        await UntilRunningAsync("app=train", 5);
        Assert.Equal(5, (await PodsAsync("app=train")).Select(NodeOf).Distinct().Count());
    }

    Kubectl StartKubectl()
    {
        Assert.SkipUnless(Kubectl.IsThere, Kubectl.Absent);
        return new Kubectl(cluster.Nodes[1].Api.BaseAddress!);
    }

    async Task<List<JsonNode>> PodsAsync(string selector) =>
        [.. (await cluster.Nodes[2].GetAsync($"api/v1/namespaces/default/pods?labelSelector={Uri.EscapeDataString(selector)}"))["items"]!.AsArray().Select(pod => pod!)];

    Task UntilRunningAsync(string selector, int count) => LocalCluster.UntilAsync($"{count} of {selector} run", async () =>
        (await PodsAsync(selector)).Count(pod => pod["status"]!["phase"]!.GetValue<string>() == "Running") == count);

    static string? NodeOf(JsonNode pod) => pod["spec"]!["nodeName"]?.GetValue<string>();

    /// <summary>Why it is not scheduled, as kubectl describe shows it.</summary>
    static string Reason(JsonNode pod) => pod["status"]!["conditions"]?.AsArray()
        .FirstOrDefault(condition => condition!["type"]!.GetValue<string>() == "PodScheduled")?["message"]?.GetValue<string>() ?? "";

    /// <summary>An example with one thing changed, as a file of its own.</summary>
    async Task<string> WithAsync(string example, string old, string changed)
    {
        var text = await File.ReadAllTextAsync(Examples.Path(example));
        Assert.Contains(old, text, StringComparison.Ordinal);
        var path = Path.Combine(cluster.Nodes.Folder, $"{Guid.NewGuid():N}.yaml");
        await File.WriteAllTextAsync(path, text.Replace(old, changed, StringComparison.Ordinal));
        return path;
    }
}
