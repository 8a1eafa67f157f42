namespace Gossip.EndToEnd;

/// <summary>What becomes of real pods when real nodes die.</summary>
public sealed class AdoptionTests
{
    const string Pod = """
        apiVersion: v1
        kind: Pod
        metadata:
          name: stays
        spec:
          runtimeClassName: process
          terminationGracePeriodSeconds: 1
          containers:
          - name: main
            command: ["sleep", "3600"]
        """;

    [Fact]
    public async Task A_restarted_node_adopts_the_pod_that_went_on_without_it_and_ends_it_when_asked()
    {
        await using var cluster = await LocalCluster.StartAsync(1);
        var manifest = Path.Combine(cluster.Folder, "pod.yaml");
        await File.WriteAllTextAsync(manifest, Pod);
        var applied = await GossipProgram.RunAsync("apply", "-f", manifest, "--server", cluster[0].Api.BaseAddress!.ToString());
        Assert.True(applied.ExitCode == 0, applied.Error);
        await LocalCluster.UntilAsync("the pod runs", () => RunsAsync(cluster[0]));
        var before = Assert.Single(PodRecords.Of(cluster[0]));

        await cluster[0].KillAsync();
        await cluster.RestartAsync(0);
        await LocalCluster.UntilAsync("the pod is known to run", () => RunsAsync(cluster[0]));
        Assert.Equal(before, Assert.Single(PodRecords.Of(cluster[0])));

        using var deleted = await cluster[0].Api.DeleteAsync("api/v1/namespaces/default/pods/stays");
        Assert.True(deleted.IsSuccessStatusCode, deleted.ToString());
        await LocalCluster.UntilAsync("nothing is left of the pod", () => Task.FromResult(PodRecords.Of(cluster[0]).Count == 0));
    }

    static async Task<bool> RunsAsync(NodeProcess node) =>
        (await node.GetAsync("api/v1/namespaces/default/pods/stays"))["status"]?["phase"]?.GetValue<string>() == "Running";
}
