using Gossip.Core.Tables;
using Gossip.Kubernetes.Tests.Api;

namespace Gossip.Kubernetes.Tests.Watching;

/// <summary>The verbs of the real kubectl that follow objects.</summary>
public class KubectlWatchTests
{
    const string Web = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, labels: {app: web}}
        spec:
          replicas: 2
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              runtimeClassName: process
              containers: [{name: c, image: httpd, command: [httpd]}]
        """;

    static async Task<ServedCluster> StartAsync(bool ready)
    {
        Assert.SkipUnless(Kubectl.IsThere, Kubectl.Absent);
        var served = await ServedCluster.StartAsync();
        if (!ready) served.Cluster.Tells = Unready;
        await served.Kubectl!.OkAsync("apply -f -", Web);
        return served;
    }

    static AdmissionStatus Unready(AdmissionStatus status) =>
        status with { Ready = false, Containers = [.. status.Containers.Select(one => one with { Ready = false })] };

    /// <summary>The change comes only when the client watches: else its list would have it.</summary>
    static async Task WatchedAsync(ServedCluster served, Gossip.Kubernetes.Kinds.ServedKind kind)
    {
        var history = served.Api.Histories.Of(kind);
        for (var patience = 0; history.Watchers == 0 && patience < 800; patience++) await Task.Delay(25);
        Assert.True(history.Watchers > 0, "kubectl does not watch");
    }

    [Fact]
    public async Task Wait_sees_a_condition_a_path_and_the_end()
    {
        await using var served = await StartAsync(ready: false);
        var kubectl = served.Kubectl!;
        var ready = kubectl.OkAsync("wait --for=condition=Ready pod/web-abcdef01-0 --timeout=30s");
        await WatchedAsync(served, Gossip.Kubernetes.Kinds.PodKind.Instance);
        served.Cluster.Tells = status => status;
        Assert.Equal("pod/web-abcdef01-0 condition met\n", await ready);
        var path = kubectl.OkAsync("wait --for=jsonpath={.spec.replicas}=3 deploy/web --timeout=30s");
        await WatchedAsync(served, Gossip.Kubernetes.Kinds.DeploymentKind.Instance);
        await kubectl.OkAsync("scale deploy web --replicas=3");
        Assert.Equal("deployment.apps/web condition met\n", await path);
        var end = kubectl.OkAsync("wait --for=delete deploy/web --timeout=30s");
        await WatchedAsync(served, Gossip.Kubernetes.Kinds.DeploymentKind.Instance);
        Assert.Contains("deleted", await kubectl.OkAsync("delete deploy web"), StringComparison.Ordinal);
        Assert.Equal("deployment.apps/web condition met\n", await end);
    }

    [Fact]
    public async Task Rollout_status_ends_when_the_last_pod_is_ready()
    {
        await using var served = await StartAsync(ready: false);
        var status = served.Kubectl!.OkAsync("rollout status deploy/web --timeout=30s");
        await WatchedAsync(served, Gossip.Kubernetes.Kinds.DeploymentKind.Instance);
        served.Cluster.Tells = told => told;
        var said = await status;
        Assert.Contains("rollout to finish: 0 of 2 updated replicas are available", said, StringComparison.Ordinal);
        Assert.EndsWith("deployment \"web\" successfully rolled out\n", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_with_watch_prints_a_row_for_each_change_of_a_list_and_of_one()
    {
        await using var served = await StartAsync(ready: true);
        var kubectl = served.Kubectl!;
        var list = kubectl.RunAsync("get pods -w --request-timeout=6s");
        var one = kubectl.RunAsync("get deploy web -w --request-timeout=6s");
        await WatchedAsync(served, Gossip.Kubernetes.Kinds.PodKind.Instance);
        await WatchedAsync(served, Gossip.Kubernetes.Kinds.DeploymentKind.Instance);
        served.Cluster.Tells = Unready;
        var (pods, deployment) = ((await list).Out, (await one).Out);
        Assert.Matches(@"NAME +READY +STATUS.*(\nweb-abcdef01-[01] +1/1 .*){2}(\nweb-abcdef01-[01] +0/1 .*){2}", pods);
        Assert.Matches(@"NAME +READY.*\nweb +2/2 .*\nweb +0/2 ", deployment);
    }
}
