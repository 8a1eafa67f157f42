using System.Text.Json.Nodes;
using Docker.DotNet.Models;
using Gossip.Tests.Engines;

namespace Gossip.EndToEnd;

/// <summary>A pod of several containers on a real engine: the example of this repository, from its first file to its last log.</summary>
public sealed class GuestPageTests
{
    [Fact]
    public async Task Containers_of_a_pod_share_its_address_and_volumes_and_are_looked_into_from_another_node()
    {
        Assert.SkipWhen(DockerEngine.Obstacle is not null, DockerEngine.Obstacle ?? "");
        await using var engine = new DockerEngine();
        await engine.StartAsync();
        await ImportAsync(engine, "busybox", "1.36");
        await using var nodes = await LocalCluster.StartAsync(2, node => node == 0 ? ["--docker", engine.Endpoint.ToString()] : []);
        var elsewhere = nodes[1].Api.BaseAddress!.ToString(); // it has no engine, so the pod is not on it

        Assert.Equal(0, (await GossipProgram.RunAsync("apply", "-f", Examples.Path("guest-page.yaml"), "--server", elsewhere)).ExitCode);
        string ip = "";
        await LocalCluster.UntilAsync("both containers are ready", async () =>
        {
            var pod = await PodAsync(nodes);
            ip = pod?["status"]?["podIP"]?.GetValue<string>() ?? "";
            return pod?["status"]?["conditions"]?.AsArray().Any(one => one!["type"]!.GetValue<string>() == "Ready" && one["status"]!.GetValue<string>() == "True") == true;
        });
        using var browser = new HttpClient();
        Assert.Equal("Welcome, guest.\n", await browser.GetStringAsync($"http://{ip}:8080/index.html"));
        Assert.NotEmpty(await browser.GetStringAsync($"http://{ip}:8080/now.txt"));

        var said = await GossipProgram.RunAsync("exec", "guest-page", "-c", "web", "--server", elsewhere, "--", "cat", "/page/index.html");
        Assert.Equal((0, "Welcome, guest.\n"), (said.ExitCode, said.Output));
        var log = await GossipProgram.RunAsync("logs", "guest-page", "-c", "web", "--server", elsewhere);
        Assert.Contains("response:200", log.Output, StringComparison.Ordinal); // to the readiness probe, and to us

        // A liveness probe that fails ends the container, and its pod gets another.
        Assert.Equal(0, (await GossipProgram.RunAsync("exec", "guest-page", "-c", "web", "--server", elsewhere, "--", "sh", "-c", ": > /page/index.html")).ExitCode);
        await LocalCluster.UntilAsync("the web server was started again", async () =>
            (await PodAsync(nodes))?["status"]?["containerStatuses"]?[0]?["restartCount"]?.GetValue<int>() > 0);

        using var deleted = await nodes[1].Api.DeleteAsync("api/v1/namespaces/default/pods/guest-page");
        Assert.True(deleted.IsSuccessStatusCode, deleted.ToString());
        await LocalCluster.UntilAsync("nothing is left of the pod on the engine", async () =>
            (await engine.Client.Containers.ListContainersAsync(new ContainersListParameters { All = true })).Count == 0);
    }

    [Fact]
    public async Task An_image_that_cannot_be_had_is_told_with_the_engines_words_and_tried_again()
    {
        Assert.SkipWhen(DockerEngine.Obstacle is not null, DockerEngine.Obstacle ?? "");
        await using var engine = new DockerEngine();
        await engine.StartAsync();
        await using var nodes = await LocalCluster.StartAsync(1, _ => ["--docker", engine.Endpoint.ToString()]);
        var file = Path.Combine(nodes.Folder, "pod.yaml");
        await File.WriteAllTextAsync(file, """
            apiVersion: v1
            kind: Pod
            metadata: {name: guest-page}
            spec:
              containers:
              - {name: main, image: "127.0.0.1:1/nothing:1"}
            """);
        Assert.Equal(0, (await GossipProgram.RunAsync("apply", "-f", file, "--server", nodes[0].Api.BaseAddress!.ToString())).ExitCode);

        await LocalCluster.UntilAsync("it waits, and says for what", async () =>
            (await PodAsync(nodes))?["status"]?["containerStatuses"]?[0]?["state"]?["waiting"] is { } waiting
            && waiting["reason"]!.GetValue<string>() == "ImagePullBackOff" && waiting["message"]!.GetValue<string>().Contains("127.0.0.1:1", StringComparison.Ordinal));

        // It comes from elsewhere in the meantime.
        await ImportAsync(engine, "127.0.0.1:1/nothing", "1");
        await LocalCluster.UntilAsync("it runs", async () => (await PodAsync(nodes))?["status"]?["phase"]?.GetValue<string>() == "Running");
    }

    static async Task ImportAsync(DockerEngine engine, string repository, string tag)
    {
        await engine.Client.ImportToolsAsync();
        await engine.Client.Images.TagImageAsync(TestImage.Tools, new ImageTagParameters { RepositoryName = repository, Tag = tag });
    }

    static async Task<JsonNode?> PodAsync(LocalCluster nodes) =>
        (await nodes[0].GetAsync("api/v1/namespaces/default/pods"))["items"]!.AsArray().FirstOrDefault(pod => pod!["metadata"]!["name"]!.GetValue<string>() == "guest-page");
}
