using System.Diagnostics;
using Docker.DotNet.Models;
using Gossip.Kubernetes.Tests.Api;
using Gossip.Tests.Engines;

namespace Gossip.EndToEnd;

/// <summary>The redis master of Kubernetes' guestbook example, as it is, on real engines that fail one after another.</summary>
public sealed class GuestbookTests
{
    const string Image = "registry.k8s.io/redis:e2e";
    const string Server = "/usr/bin/redis-server", Client = "/usr/bin/redis-cli";

    [Fact]
    public async Task Redis_answers_and_comes_back_from_the_loss_of_its_container_its_node_and_its_engine()
    {
        Assert.SkipWhen(DockerEngine.Obstacle is not null, DockerEngine.Obstacle ?? "");
        Assert.SkipUnless(Kubectl.IsThere, Kubectl.Absent);
        Assert.SkipUnless(File.Exists(Server) && File.Exists(Client), "redis-server and redis-cli are not installed");
        var folder = ApplyTests.Manifests();
        if (folder is null) Assert.Skip("needs the folder of real manifests: name it in GOSSIP_MANIFESTS");

        await using var cluster = await EngineCluster.StartAsync(2, ImportRedisAsync);
        using var first = new Kubectl(cluster.Nodes[0].Api.BaseAddress!);
        foreach (var file in (string[])["redis-master-deployment.yaml", "redis-master-service.yaml"])
            await first.OkAsync($"create -f {Path.Combine(folder, "guestbook", file)}");
        var at = await UntilAnswersAsync(cluster, "redis answers");

        var container = Assert.Single(await cluster.RunningAsync(at));
        await cluster.Engine(at).Client.Containers.KillContainerAsync(container, new ContainerKillParameters());
        await LocalCluster.UntilAsync("another container took its place", async () => await cluster.RunningAsync(at) is [var now] && now != container);
        Assert.Equal(at, await UntilAnswersAsync(cluster, "redis answers in its new container"));

        // Its node's process dies and the container goes on: another node takes over, and after the return one of them is left.
        await cluster.Nodes[at].KillAsync();
        Assert.Equal(1 - at, await UntilAnswersAsync(cluster, "redis answers on the other node", 1 - at));
        await cluster.Nodes.RestartAsync(at);
        await UntilOneIsLeftAsync(cluster);
        at = await UntilAnswersAsync(cluster, "redis answers after the node's return");

        // Its engine dies and the container goes on: as with the node.
        var before = Assert.Single(await cluster.RunningAsync(at));
        await cluster.Engine(at).KillEngineAsync();
        Assert.Equal(1 - at, await UntilAnswersAsync(cluster, "redis answers on the other engine", 1 - at));
        await cluster.Engine(at).StartEngineAsync();
        await UntilOneIsLeftAsync(cluster);
        Assert.DoesNotContain(before, await cluster.RunningAsync(at));
    }

    /// <returns>The node that it answers on.</returns>
    /// <param name="wanted">A node that it must be on; null for any.</param>
    static async Task<int> UntilAnswersAsync(EngineCluster cluster, string what, int? wanted = null)
    {
        var at = -1;
        await LocalCluster.UntilAsync(what, async () =>
        {
            // Who was lost cannot be asked; who is to have it now can, and so can anybody while nobody is lost.
            var asked = cluster.Nodes[wanted ?? 0];
            foreach (var pod in (await asked.GetAsync("api/v1/namespaces/default/pods"))["items"]!.AsArray())
            {
                if (pod!["status"]?["containerStatuses"]?[0]?["ready"]?.GetValue<bool>() != true) continue;
                at = pod["spec"]!["nodeName"]!.GetValue<string>() == "node-1" ? 0 : 1;
                return (wanted is null || at == wanted) && await PingAsync(pod["status"]!["podIP"]!.GetValue<string>()) == "PONG";
            }
            return false;
        });
        return at;
    }

    static Task UntilOneIsLeftAsync(EngineCluster cluster) => LocalCluster.UntilAsync("one redis is left in all", async () =>
        (await cluster.RunningAsync(0)).Count + (await cluster.RunningAsync(1)).Count == 1);

    static async Task<string> PingAsync(string ip)
    {
        using var client = Process.Start(new ProcessStartInfo(Client, ["-h", ip, "ping"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = client.StandardError.ReadToEndAsync();
        var answer = await client.StandardOutput.ReadToEndAsync();
        await error;
        await client.WaitForExitAsync();
        return answer.Trim();
    }

    static async Task ImportRedisAsync(DockerEngine engine)
    {
        using var tree = await TestImage.TreeAsync([Server]);
        await engine.Client.ImportAsync(Image, tree, $"CMD [\"{Server}\", \"--protected-mode\", \"no\"]");
    }
}
