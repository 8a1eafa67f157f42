using System.Net;
using System.Text.Json.Nodes;
using Gossip.Cli.Demo;

namespace Gossip.EndToEnd;

/// <summary>A pod that fills its node's disk has to go; the node and its other pods stay.</summary>
public sealed class DiskHogTests : IDisposable
{
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("gossip-hog-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task The_pod_that_fills_the_disk_is_evicted_and_nothing_else_is()
    {
        using var disk = SmallDisk.TryMake(folder.FullName);
        Assert.SkipWhen(disk is null, "nothing can be mounted here");
        var key = Path.Combine(folder.FullName, "key");
        await File.WriteAllTextAsync(key, (await GossipProgram.RunAsync("keygen")).Output);
        var ports = FreePorts.Take(1);
        await using var node = NodeProcess.Launch(new NodeSetup("a", Path.Combine(disk.Path, "a"), key, ports[0], ports[0], []));
        await node.UntilReadyAsync();
        await ApplyAsync(node, "good", Pod("good", "exec sleep 1000"));
        await UntilAsync(node, "good", pod => Phase(pod) == "Running");
        var uid = Uid(await PodAsync(node, "good"));

        await ApplyAsync(node, "hog", Pod("hog", "dd if=/dev/zero of=/scratch/x bs=64k; exec sleep 1000"));
        await UntilAsync(node, "hog", pod => Phase(pod) == "Failed");
        var hog = await PodAsync(node, "hog");
        Assert.Equal("Evicted", (string?)hog!["status"]!["reason"]);
        Assert.Contains("low on resource: ephemeral-storage", (string?)hog["status"]!["message"], StringComparison.Ordinal);

        await LocalCluster.UntilAsync("the node takes writes", async () =>
            await ConfigMaps.CreateAsync(node, "late", letters: 6_000) == HttpStatusCode.Created);
        await LocalCluster.UntilAsync("the pressure is over", async () => await ConditionAsync(node, "DiskPressure") == "False");
        Assert.Equal((uid, "Running"), (Uid(await PodAsync(node, "good")), Phase(await PodAsync(node, "good"))));
        await node.StopAsync();
    }

    [Fact]
    public async Task A_pod_asks_for_room_on_the_disk_has_it_and_is_evicted_beyond_its_limit()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "process pods are isolated on Linux");
        var key = Path.Combine(folder.FullName, "key");
        await File.WriteAllTextAsync(key, (await GossipProgram.RunAsync("keygen")).Output);
        var ports = FreePorts.Take(1);
        await using var node = NodeProcess.Launch(new NodeSetup("a", Path.Combine(folder.FullName, "a"), key, ports[0], ports[0], []));
        await node.UntilReadyAsync();
        const string writesWhenTold =
            "while [ ! -e /scratch/go ]; do sleep 0.1; done; head -c 3000000 /dev/zero > /scratch/x; exec sleep 1000";
        await ApplyAsync(node, "p", Pod("p", writesWhenTold, "resources: {limits: {ephemeral-storage: 1Mi}}"));
        await UntilAsync(node, "p", pod => Phase(pod) == "Running");
        var go = Directory.EnumerateDirectories(Path.Combine(folder.FullName, "a"), "scratch", SearchOption.AllDirectories)
            .Single(path => path.Contains("/volumes/", StringComparison.Ordinal));
        await File.WriteAllTextAsync(Path.Combine(go, "go"), "");
        await UntilAsync(node, "p", pod => Phase(pod) == "Failed");
        Assert.Contains("1048576", (string?)(await PodAsync(node, "p"))!["status"]!["message"], StringComparison.Ordinal);
        await node.StopAsync();
    }

    static string Pod(string name, string script, string more = "") => $$$"""
        apiVersion: v1
        kind: Pod
        metadata: {name: {{{name}}}}
        spec:
          runtimeClassName: process
          restartPolicy: Never
          terminationGracePeriodSeconds: 1
          volumes: [{name: scratch, emptyDir: {}}]
          containers:
          - name: main
            command: [sh, -c, "{{{script}}}"]
            volumeMounts: [{name: scratch, mountPath: /scratch}]
            {{{more}}}
        """;

    async Task ApplyAsync(NodeProcess node, string name, string manifest)
    {
        var path = Path.Combine(folder.FullName, $"{name}.yaml");
        await File.WriteAllTextAsync(path, manifest);
        var outcome = await GossipProgram.RunAsync("apply", "-f", path, "--server", node.Api.BaseAddress!.ToString());
        Assert.True(outcome.ExitCode == 0, outcome.Error);
    }

    static Task<JsonNode?> PodAsync(NodeProcess node, string name) => node.GetAsync($"api/v1/namespaces/default/pods/{name}")!;

    static Task UntilAsync(NodeProcess node, string name, Func<JsonNode?, bool> holds) =>
        LocalCluster.UntilAsync($"pod {name}", async () => holds(await PodAsync(node, name)));

    static string? Phase(JsonNode? pod) => (string?)pod?["status"]?["phase"];

    static string? Uid(JsonNode? pod) => (string?)pod?["metadata"]?["uid"];

    static async Task<string?> ConditionAsync(NodeProcess node, string type) =>
        (string?)(await node.GetAsync("api/v1/nodes/a"))["status"]!["conditions"]!.AsArray()
            .FirstOrDefault(each => (string?)each!["type"] == type)?["status"];
}
