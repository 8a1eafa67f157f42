using System.Text.Json.Nodes;

namespace Gossip.EndToEnd;

/// <summary>The life of pods, with the examples of this repository and real processes.</summary>
public sealed class PodLifeTests
{
    [Fact]
    public async Task A_pod_that_runs_to_completion_is_tried_again_and_then_left_alone()
    {
        await using var cluster = await LocalCluster.StartAsync(1);
        await ApplyAsync(cluster, Examples.Path("once.yaml"));

        await LocalCluster.UntilAsync("it succeeded", async () => Text(await PodAsync(cluster, "once"), "status", "phase") == "Succeeded");
        var status = (await PodAsync(cluster, "once"))!["status"]!["containerStatuses"]![0]!;
        Assert.Equal(1, status["restartCount"]!.GetValue<int>());
        Assert.Equal("Completed", Text(status, "state", "terminated", "reason"));
        Assert.Equal("Error", Text(status, "lastState", "terminated", "reason"));

        // What it said can still be read.
        var log = await GossipProgram.RunAsync("logs", "once", "--server", cluster[0].Api.BaseAddress!.ToString());
        Assert.Equal((0, "second try\n"), (log.ExitCode, log.Output));
    }

    [Fact]
    public async Task A_pod_starts_when_what_it_depends_on_is_ready_and_starts_anew_after_it_was_lost()
    {
        await using var cluster = await LocalCluster.StartAsync(2);
        var all = await File.ReadAllTextAsync(Examples.Path("depends.yaml"));
        var documents = all.Split("\n---\n");
        Assert.Equal(3, documents.Length); // the service, what is behind it, who depends on it
        await ApplyTextAsync(cluster, $"{documents[0]}\n---\n{documents[2]}");
        await LocalCluster.UntilAsync("the clerk waits", async () =>
            Text(await ContainerAsync(cluster, "clerk"), "state", "waiting", "reason") == "WaitingForDependencies");

        await ApplyTextAsync(cluster, documents[1]);
        await LocalCluster.UntilAsync("the clerk runs", () => ReadyAsync(cluster, "clerk"));
        Assert.Equal(0, (await ContainerAsync(cluster, "clerk"))!["restartCount"]!.GetValue<int>());

        using var deleted = await cluster[0].Api.DeleteAsync("api/v1/namespaces/default/pods/bank");
        Assert.True(deleted.IsSuccessStatusCode, deleted.ToString());
        await LocalCluster.UntilAsync("the clerk was stopped", async () => !await ReadyAsync(cluster, "clerk"));
        await LocalCluster.UntilAsync("the bank is gone", async () => await PodAsync(cluster, "bank") is null);

        await ApplyTextAsync(cluster, documents[1]);
        await LocalCluster.UntilAsync("the clerk runs again", () => ReadyAsync(cluster, "clerk"));
        Assert.Equal(1, (await ContainerAsync(cluster, "clerk"))!["restartCount"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_pod_that_ends_at_once_is_held_back_and_its_neighbour_runs_on()
    {
        await using var cluster = await LocalCluster.StartAsync(1);
        await ApplyTextAsync(cluster, $"""
            {Pod("steady", """["sleep", "3600"]""")}
            ---
            {Pod("hasty", """["sh", "-c", "exit 7"]""")}
            """);

        await LocalCluster.UntilAsync("it is held back", async () =>
            Text(await ContainerAsync(cluster, "hasty"), "state", "waiting", "reason") == "CrashLoopBackOff");
        Assert.Equal("7", (await ContainerAsync(cluster, "hasty"))!["lastState"]!["terminated"]!["exitCode"]!.ToJsonString());
        Assert.True(await ReadyAsync(cluster, "steady"));
        Assert.Equal(0, (await ContainerAsync(cluster, "steady"))!["restartCount"]!.GetValue<int>());
    }

    [Fact]
    public async Task Probes_and_hooks_steer_a_pod()
    {
        await using var cluster = await LocalCluster.StartAsync(1);
        await ApplyTextAsync(cluster, """
            apiVersion: v1
            kind: Pod
            metadata: {name: steered}
            spec:
              runtimeClassName: process
              terminationGracePeriodSeconds: 5
              initContainers:
              - {name: first, command: ["sh", "-c", "echo init"]}
              containers:
              - name: web
                command: ["gossip", "hello", "--port", "8080"]
                ports: [{name: http, containerPort: 8080}]
                startupProbe: {tcpSocket: {port: http}, periodSeconds: 1}
                readinessProbe: {httpGet: {path: /, port: http}, periodSeconds: 1}
                livenessProbe: {exec: {command: ["sh", "-c", "test ! -e sick || { rm sick; exit 1; }"]}, periodSeconds: 1, failureThreshold: 1}
                lifecycle: {postStart: {exec: {command: ["sh", "-c", "echo started > started"]}}}
            """);
        await LocalCluster.UntilAsync("it is ready", () => ReadyAsync(cluster, "steered"));
        var pod = await PodAsync(cluster, "steered");
        Assert.Equal("Completed", Text(pod!["status"]!["initContainerStatuses"]![0], "state", "terminated", "reason"));

        var server = cluster[0].Api.BaseAddress!.ToString();
        var sick = await GossipProgram.RunAsync("exec", "steered", "--server", server, "--", "sh", "-c", "cat started && touch sick");
        Assert.Equal((0, "started\n"), (sick.ExitCode, sick.Output));
        await LocalCluster.UntilAsync("it was started again", async () =>
            (await ContainerAsync(cluster, "steered"))!["restartCount"]!.GetValue<int>() == 1 && await ReadyAsync(cluster, "steered"));
    }

    static string Pod(string name, string command) => $$"""
        apiVersion: v1
        kind: Pod
        metadata: {name: {{name}}}
        spec:
          runtimeClassName: process
          terminationGracePeriodSeconds: 1
          containers:
          - {name: main, command: {{command}}}
        """;

    static async Task ApplyTextAsync(LocalCluster cluster, string text)
    {
        var file = Path.Combine(cluster.Folder, "manifest.yaml");
        await File.WriteAllTextAsync(file, text);
        await ApplyAsync(cluster, file);
    }

    static async Task ApplyAsync(LocalCluster cluster, string file)
    {
        var applied = await GossipProgram.RunAsync("apply", "-f", file, "--server", cluster[0].Api.BaseAddress!.ToString());
        Assert.True(applied.ExitCode == 0, applied.Error);
    }

    static async Task<JsonNode?> PodAsync(LocalCluster cluster, string name) =>
        (await cluster[0].GetAsync("api/v1/namespaces/default/pods"))["items"]!.AsArray().FirstOrDefault(pod => Text(pod, "metadata", "name") == name);

    static async Task<JsonNode?> ContainerAsync(LocalCluster cluster, string pod) =>
        (await PodAsync(cluster, pod))?["status"]?["containerStatuses"]?[0];

    static async Task<bool> ReadyAsync(LocalCluster cluster, string pod) =>
        (await ContainerAsync(cluster, pod))?["ready"]?.GetValue<bool>() == true;

    static string? Text(JsonNode? node, params string[] path)
    {
        foreach (var name in path) node = node?[name];
        return node?.ToString();
    }
}
