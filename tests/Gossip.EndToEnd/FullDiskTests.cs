using System.Net;
using System.Text.Json.Nodes;
using Gossip.Cli.Demo;

namespace Gossip.EndToEnd;

/// <summary>A real node on a disk that is full, and on one that is read-only.</summary>
public sealed class FullDiskTests : IDisposable
{
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("gossip-full-");

    public void Dispose() => folder.Delete(recursive: true);

    NodeSetup Setup(string name, string data, int[] ports, int index, string key) =>
        new(name, data, key, ports[index], ports[0], []);

    async Task<string> KeyAsync()
    {
        var key = Path.Combine(folder.FullName, "key");
        await File.WriteAllTextAsync(key, (await GossipProgram.RunAsync("keygen")).Output);
        return key;
    }

    /// <summary>A full disk once ended the node, and its pods ran on beside those that replaced them.</summary>
    [Fact]
    public async Task A_full_disk_costs_the_node_its_pods_and_its_writes_until_there_is_room()
    {
        using var disk = SmallDisk.TryMake(folder.FullName);
        Assert.SkipWhen(disk is null, "nothing can be mounted here");
        var key = await KeyAsync();
        var ports = FreePorts.Take(2);
        await using var well = NodeProcess.Launch(Setup("well", Path.Combine(folder.FullName, "well"), ports, 0, key));
        await using var sick = NodeProcess.Launch(Setup("sick", Path.Combine(disk.Path, "sick"), ports, 1, key));
        await well.UntilReadyAsync();
        await sick.UntilReadyAsync();
        await LocalCluster.UntilAsync("both know each other", async () => (await MembersAsync(well)).Count == 2);
        var manifest = Path.Combine(folder.FullName, "pods.yaml");
        await File.WriteAllTextAsync(manifest, """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: idle}
            spec:
              replicas: 4
              selector: {matchLabels: {app: idle}}
              template:
                metadata: {labels: {app: idle}}
                spec:
                  runtimeClassName: process
                  terminationGracePeriodSeconds: 1
                  containers: [{name: main, command: [sleep, "1000"]}]
            """);
        await GossipAsync(well, "drain", "well"); // so that all run where the disk will be full, whoever bids first
        await GossipAsync(well, "apply", "-f", manifest);
        await LocalCluster.UntilAsync("all pods run", async () => await PodsAsync(well) is (0, 4));
        await GossipAsync(well, "uncordon", "well");

        disk.Fill();
        var kept = 0;
        while (await ConfigMaps.CreateAsync(sick, $"map-{kept}", letters: 100_000) is var code && code == HttpStatusCode.Created) kept++;
        await LocalCluster.UntilAsync("the other shows DiskPressure", async () =>
            await ConditionAsync(well, "sick", "DiskPressure") == "True" && await ConditionAsync(well, "sick", "Ready") == "False");
        await LocalCluster.UntilAsync("the pods are where the disk is well", async () => await PodsAsync(well) is (4, 0));
        using (var deleted = await sick.Api.DeleteAsync($"{ConfigMaps.Path}/map-0"))
            Assert.True(kept == 0 || deleted.StatusCode == HttpStatusCode.OK, $"{deleted.StatusCode}"); // what frees room is taken

        disk.MakeRoom();
        await LocalCluster.UntilAsync("it takes writes again by itself", async () =>
            await ConfigMaps.CreateAsync(sick, "late") is HttpStatusCode.Created or HttpStatusCode.Conflict);
        await LocalCluster.UntilAsync("the pressure is over", async () => await ConditionAsync(well, "sick", "Ready") == "True");
        var all = Enumerable.Range(1, Math.Max(0, kept - 1)).Select(i => $"map-{i}").Append("late").ToList();
        await LocalCluster.UntilAsync("the other has what was kept", async () => (await ConfigMaps.NamesAsync(well)).IsSupersetOf(all));
        await sick.StopAsync();
    }

    [Fact]
    public async Task On_a_disk_that_is_read_only_a_node_does_not_start_and_says_so()
    {
        using var disk = SmallDisk.TryMake(folder.FullName);
        Assert.SkipWhen(disk is null, "nothing can be mounted here");
        var setup = Setup("a", Path.Combine(disk.Path, "a"), [0, 1], 0, await KeyAsync());
        await using (var node = NodeProcess.Launch(setup with { Join = 1 }))
        {
            await node.UntilReadyAsync();
            await node.StopAsync();
        }
        disk.Unmount();
        Assert.True(disk.TryMount("loop,ro"));
        await using var again = NodeProcess.Launch(setup with { Join = 1 });
        Assert.Equal(1, await again.UntilEndedAsync());
        Assert.Contains("Read-only file system", again.Said(), StringComparison.Ordinal);
    }

    static async Task GossipAsync(NodeProcess node, params string[] words)
    {
        var outcome = await GossipProgram.RunAsync([.. words, "--server", node.Api.BaseAddress!.ToString()]);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
    }

    static async Task<JsonArray> MembersAsync(NodeProcess node) => (await node.GetAsync("gossip/v1/members"))["members"]!.AsArray();

    static async Task<(int OnWell, int OnSick)> PodsAsync(NodeProcess asked)
    {
        var pods = (await asked.GetAsync("api/v1/namespaces/default/pods"))["items"]!.AsArray();
        int On(string node) => pods.Count(pod =>
            (string?)pod!["spec"]!["nodeName"] == node && (string?)pod["status"]!["phase"] == "Running");
        return (On("well"), On("sick"));
    }

    static async Task<string?> ConditionAsync(NodeProcess asked, string node, string type) =>
        (string?)(await asked.GetAsync($"api/v1/nodes/{node}"))["status"]!["conditions"]!.AsArray()
            .FirstOrDefault(each => (string?)each!["type"] == type)?["status"];
}
