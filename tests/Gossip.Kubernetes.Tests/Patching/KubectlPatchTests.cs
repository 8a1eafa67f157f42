using Gossip.Core.Requests;
using Gossip.Kubernetes.Tests.Api;

namespace Gossip.Kubernetes.Tests.Patching;

/// <summary>What the real kubectl does to objects that are there.</summary>
public class KubectlPatchTests
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
              containers: [{name: c, image: httpd, command: [httpd]}, {name: d, image: other, command: [other]}]
        """;

    const string Deployment = "/apis/apps/v1/namespaces/default/deployments/web";

    static async Task<ServedCluster> StartAsync()
    {
        Assert.SkipUnless(Kubectl.IsThere, Kubectl.Absent);
        var served = await ServedCluster.StartAsync();
        Assert.Equal("deployment.apps/web created\n", await served.Kubectl!.OkAsync("apply -f -", Web));
        return served;
    }

    static Task PatchAsync(Kubectl kubectl, string type, string patch) =>
        kubectl.OkAsync($"patch deploy web --type={type} -p {patch.Replace("\"", "\\\"", StringComparison.Ordinal)}");

    static Task<string> Of(ServedCluster served, string path) => served.Kubectl!.OkAsync($"get deploy web -o jsonpath={{{path}}}");

    [Fact]
    public async Task Apply_twice_writes_nothing_and_leaves_no_difference()
    {
        await using var served = await StartAsync();
        var version = await Of(served, ".metadata.resourceVersion");
        Assert.Equal("deployment.apps/web unchanged\n", await served.Kubectl!.OkAsync("apply -f -", Web));
        Assert.Equal("", await served.Kubectl.OkAsync("diff -f -", Web));
        Assert.Equal(version, await Of(served, ".metadata.resourceVersion"));
        var more = Web.Replace("replicas: 2", "replicas: 3", StringComparison.Ordinal);
        var diff = await served.Kubectl.RunAsync("diff -f -", more);
        Assert.Equal(1, diff.Code);
        Assert.Contains("+  replicas: 3", diff.Out, StringComparison.Ordinal);
        Assert.Equal("2", await Of(served, ".spec.replicas"));
        Assert.Equal("deployment.apps/web configured\n", await served.Kubectl.OkAsync("apply -f -", more));
        Assert.Equal("3", await Of(served, ".spec.replicas"));
    }

    [Fact]
    public async Task Scale_set_image_label_annotate_and_patch_change_one_thing_each()
    {
        await using var served = await StartAsync();
        var kubectl = served.Kubectl!;
        await kubectl.OkAsync("scale deploy web --replicas=4");
        var stale = await kubectl.RunAsync("scale deploy web --replicas=5 --resource-version=1");
        Assert.NotEqual(0, stale.Code);
        Assert.NotEqual(0, (await kubectl.RunAsync("scale deploy web --replicas=5 --current-replicas=9")).Code);
        var set = await kubectl.RunAsync("set image deploy/web c=new");
        Assert.Equal(0, set.Code);
        Assert.Contains("Warning: spec.template has changed: all pods of the old template stop", set.Error, StringComparison.Ordinal);
        await kubectl.OkAsync("label deploy web tier=front app-");
        await kubectl.OkAsync("annotate deploy web a/b=c");
        await PatchAsync(kubectl, "json", """[{"op":"add","path":"/spec/minReadySeconds","value":1}]""");
        await PatchAsync(kubectl, "merge", """{"metadata":{"annotations":{"d":"e"}}}""");
        Assert.Equal("4", await Of(served, ".spec.replicas"));
        Assert.Equal("1", await Of(served, ".spec.minReadySeconds"));
        Assert.Equal("new other", await Of(served, ".spec.template.spec.containers[*].image"));
        Assert.Equal("front", await Of(served, ".metadata.labels.*"));
        Assert.Equal("ce", await Of(served, ".metadata.annotations.a/b}{.metadata.annotations.d"));
    }

    [Fact]
    public async Task A_dry_run_writes_nothing_and_strict_validation_refuses_what_it_does_not_know()
    {
        await using var served = await StartAsync();
        var kubectl = served.Kubectl!;
        var asked = served.Cluster.Asked.Count;
        await kubectl.OkAsync("scale deploy web --replicas=4 --dry-run=server");
        await kubectl.OkAsync("label deploy web x=y --dry-run=server");
        var odd = Web.Replace("replicas: 2", "replicas: 2\n  futureField: 1", StringComparison.Ordinal);
        var refused = await kubectl.RunAsync("apply -f -", odd);
        Assert.Equal(
            (1, true),
            (refused.Code, refused.Error.Contains("strict decoding error: unknown field \"spec.futureField\"", StringComparison.Ordinal)));
        Assert.Equal(asked, served.Cluster.Asked.Count);
        Assert.Contains(
            "Warning: unknown field \"spec.futureField\"", (await kubectl.RunAsync("apply --validate=warn -f -", odd)).Error,
            StringComparison.Ordinal);
        // What is there already is no fault of a later patch.
        await kubectl.OkAsync("label deploy web x=y");
        Assert.Equal("1", await Of(served, ".spec.futureField"));
    }

    [Theory]
    [InlineData("""{"metadata":{"resourceVersion":"1"}}""", "merge-patch+json", 409)]
    [InlineData("""{"metadata":{"uid":"other"}}""", "merge-patch+json", 409)]
    [InlineData("""{"metadata":{"name":"other"}}""", "merge-patch+json", 400)]
    [InlineData(
        """{"spec":{"selector":{"matchLabels":{"app":"x"}},"template":{"metadata":{"labels":{"app":"x"}}}}}""", "merge-patch+json", 422)]
    [InlineData("""{"spec":{"replicas":-1}}""", "strategic-merge-patch+json", 422)]
    [InlineData("""[{"op":"test","path":"/spec/replicas","value":9}]""", "json-patch+json", 422)]
    [InlineData("""[{"op":"twist","path":"/spec/replicas","value":9}]""", "json-patch+json", 400)]
    [InlineData("""{"spec":{"replicas":1}}""", "apply-patch+yaml", 415)]
    public async Task A_patch_that_cannot_be_taken_changes_nothing(string patch, string type, int code)
    {
        await using var served = await ServedCluster.StartAsync();
        await served.PostAsync("/api/v1/namespaces/default/configmaps", """{"metadata":{"name":"c"}}""");
        await served.PostAsync(
            "/apis/apps/v1/namespaces/default/deployments",
            """
            {"metadata":{"name":"web"},"spec":{"replicas":1,"selector":{"matchLabels":{"app":"w"}},
            "template":{"metadata":{"labels":{"app":"w"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}}
            """);
        var (got, status) = await served.SendAsync(HttpMethod.Patch, Deployment, patch, $"application/{type}");
        Assert.Equal((code, "Status"), ((int)got, (string?)status["kind"]));
        Assert.Empty(served.Cluster.Asked.OfType<ReplaceObject>());
        Assert.Equal(404, (int)(await served.SendAsync(HttpMethod.Patch, $"{Deployment}2", "{}", "application/merge-patch+json")).Code);
    }

    [Fact]
    public async Task Edit_opens_the_object_and_writes_back_what_the_editor_left()
    {
        await using var served = await StartAsync();
        await served.Kubectl!.OkAsync("edit deploy web", environment: ("KUBE_EDITOR", "sed -i \"s/replicas: 2/replicas: 7/\""));
        Assert.Equal("7", await Of(served, ".spec.replicas"));
    }
}
