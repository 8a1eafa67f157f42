using System.Net;
using System.Text.Json.Nodes;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Kubernetes.Tests.Fakes;

namespace Gossip.Kubernetes.Tests.Api;

/// <summary>Evictions, budgets and patches of nodes, status by status.</summary>
public class EvictionTests
{
    const string Pods = "/api/v1/namespaces/default/pods";
    const string Node = "/api/v1/nodes/n1";
    const string Merge = "application/merge-patch+json", Strategic = "application/strategic-merge-patch+json";
    const string Pod = """
        {"metadata":{"name":"p","labels":{"app":"p"}},
         "spec":{"runtimeClassName":"process","containers":[{"name":"c","command":["x"]}]}}
        """;

    static string Eviction(string deleteOptions = "{}", string kind = "Eviction", string name = "p") =>
        $$$"""{"apiVersion":"policy/v1","kind":"{{{kind}}}","metadata":{"name":"{{{name}}}","namespace":"default"},"deleteOptions":{{{deleteOptions}}}}""";

    static async Task<ServedCluster> ServeAsync(FakeCluster? cluster = null)
    {
        var served = await ServedCluster.StartAsync(cluster);
        await served.PostAsync(Pods, Pod);
        return served;
    }

    static string UidOf(ServedCluster served) => served.Cluster.View().Pods.Single().Uid;

    [Fact]
    public async Task An_evicted_pod_is_another_by_its_uid()
    {
        await using var served = await ServeAsync();
        var before = UidOf(served);
        var (code, status) = await served.PostAsync($"{Pods}/p/eviction", Eviction($$$"""{"preconditions":{"uid":"{{{before}}}"}}"""));
        Assert.Equal((HttpStatusCode.Created, "Success"), (code, (string)status["status"]!));
        Assert.NotEqual(before, UidOf(served));
        var (dry, _) = await served.PostAsync($"{Pods}/p/eviction", Eviction("""{"dryRun":["All"]}"""));
        Assert.Equal(HttpStatusCode.Created, dry);
    }

    [Fact]
    public async Task What_the_budget_forbids_is_429_in_Kubernetes_words_with_the_cause()
    {
        const string Cause = "The disruption budget b needs 1 healthy pods and has 1 currently";
        await using var served =
            await ServeAsync(new FakeCluster { Evicts = _ => new Refused(RefusedBecause.Disrupted, Cause) }.WithNode("n1", "process"));
        var (code, status) = await served.PostAsync($"{Pods}/p/eviction", Eviction());
        Assert.Equal(
            (HttpStatusCode.TooManyRequests, "TooManyRequests", "Cannot evict pod as it would violate the pod's disruption budget."),
            (code, (string)status["reason"]!, (string)status["message"]!));
        Assert.Equal(
            ("DisruptionBudget", Cause),
            ((string)status["details"]!["causes"]![0]!["reason"]!, (string)status["details"]!["causes"]![0]!["message"]!));
    }

    [Theory]
    [InlineData(RefusedBecause.Unavailable, 429)]
    [InlineData(RefusedBecause.Invalid, 500)]
    public async Task Kubectl_tries_again_when_nobody_can_say_and_gives_up_on_several_budgets(RefusedBecause because, int code)
    {
        await using var served = await ServeAsync(new FakeCluster { Evicts = _ => new Refused(because, "why") }.WithNode("n1", "process"));
        var (got, status) = await served.PostAsync($"{Pods}/p/eviction", Eviction());
        Assert.Equal(code, (int)got);
        Assert.Contains("why", (string)status["message"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Pods + "/none/eviction", "Eviction", "none", "{}", 404)]
    [InlineData(Pods + "/p/eviction", "Pod", "p", "{}", 400)]
    [InlineData(Pods + "/p/eviction", "Eviction", "q", "{}", 400)]
    [InlineData(Pods + "/p/eviction", "Eviction", "p", """{"preconditions":{"uid":"other"}}""", 409)]
    [InlineData(Pods + "/p/eviction", "Eviction", "p", """{"gracePeriodSeconds":-1}""", 400)]
    public async Task What_is_no_eviction_of_a_pod_that_is_there_is_refused(string path, string kind, string name, string options, int code)
    {
        await using var served = await ServeAsync();
        var before = UidOf(served);
        var (got, _) = await served.PostAsync(path, Eviction(options, kind, name));
        Assert.Equal((code, before), ((int)got, UidOf(served)));
    }

    [Fact]
    public async Task What_has_run_to_its_end_is_deleted_by_an_eviction()
    {
        var cluster = new FakeCluster { Tells = status => status with { Phase = PodPhase.Succeeded } };
        await using var served = await ServeAsync(cluster.WithNode("n1", "process"));
        var (code, _) = await served.PostAsync($"{Pods}/p/eviction", Eviction());
        Assert.Equal(HttpStatusCode.Created, code);
        Assert.Empty(served.Cluster.View().Pods);
    }

    [Fact]
    public async Task A_budget_is_shown_with_what_it_allows()
    {
        await using var served = await ServeAsync(new FakeCluster { BudgetStands = new BudgetStatus(3, 2, 4) }.WithNode("n1", "process"));
        const string Budgets = "/apis/policy/v1/namespaces/default/poddisruptionbudgets";
        var (code, made) = await served.PostAsync(
            Budgets, """{"metadata":{"name":"b"},"spec":{"minAvailable":"50%","selector":{"matchLabels":{"app":"p"}}}}""");
        Assert.Equal(HttpStatusCode.Created, code);
        Assert.Equal(
            (1, 3, 2, 4),
            ((int)made["status"]!["disruptionsAllowed"]!, (int)made["status"]!["currentHealthy"]!, (int)made["status"]!["desiredHealthy"]!,
            (int)made["status"]!["expectedPods"]!));
        var (_, table) = await served.GetAsync(Budgets, "application/json;as=Table;v=v1;g=meta.k8s.io");
        Assert.Equal(
            ["Name", "Min Available", "Max Unavailable", "Allowed Disruptions", "Age"],
            table["columnDefinitions"]!.AsArray().Select(column => (string)column!["name"]!));
        Assert.Equal(
            """["b","50%","N/A",1]""",
            new JsonArray([.. table["rows"]![0]!["cells"]!.AsArray().Take(4).Select(cell => cell!.DeepClone())]).ToJsonString());
    }

    [Theory]
    [InlineData("""{"minAvailable":1,"maxUnavailable":1}""", "spec")]
    [InlineData("""{"minAvailable":-1}""", "spec.minAvailable")]
    [InlineData("""{"maxUnavailable":"150%"}""", "spec.maxUnavailable")]
    [InlineData("""{"maxUnavailable":"some"}""", "spec.maxUnavailable")]
    [InlineData("""{"maxUnavailable":1,"unhealthyPodEvictionPolicy":"Never"}""", "spec.unhealthyPodEvictionPolicy")]
    [InlineData("""{"maxUnavailable":1,"selector":{"matchExpressions":[{"key":"a","operator":"Near"}]}}""", "spec.selector")]
    public async Task A_budget_that_says_nothing_sound_names_its_field(string spec, string field)
    {
        await using var served = await ServeAsync();
        var (code, status) = await served.PostAsync(
            "/apis/policy/v1/namespaces/default/poddisruptionbudgets", $$$"""{"metadata":{"name":"b"},"spec":{{{spec}}}}""");
        Assert.Equal((HttpStatusCode.UnprocessableEntity, field), (code, (string)status["details"]!["causes"]![0]!["field"]!));
    }

    static async Task<JsonNode> PatchAsync(ServedCluster served, string patch, string type = Strategic)
    {
        var (code, node) = await served.SendAsync(HttpMethod.Patch, Node, patch, type);
        Assert.True(code == HttpStatusCode.OK, node.ToJsonString());
        return node;
    }

    [Fact]
    public async Task A_node_is_cordoned_tainted_and_labelled_by_patches_and_keeps_what_it_says_of_itself()
    {
        await using var served =
            await ServedCluster.StartAsync(new FakeCluster().WithNode("n1", "process", labels: Labels.Of(("zone", "a"))));
        await PatchAsync(served, """{"spec":{"unschedulable":true}}""");
        await PatchAsync(served, """{"spec":{"taints":[{"key":"k","effect":"NoSchedule"}]}}""");
        await PatchAsync(served, """{"metadata":{"labels":{"disk":"ssd"},"annotations":{"a/b":"c"}}}""", Merge);
        var settings = served.Cluster.View().Nodes.Single().Settings!;
        Assert.Equal(
            ["metadata.annotations={\"a/b\":\"c\"}", "metadata.labels={\"disk\":\"ssd\"}",
            "spec.taints=[{\"key\":\"k\",\"effect\":\"NoSchedule\"}]", "spec.unschedulable=true"],
            settings.Fields.Select(field => $"{field.Path}={System.Text.Encoding.UTF8.GetString(field.Json.Span)}"));
        await PatchAsync(served, """{"spec":{"unschedulable":null,"taints":null}}""");
        await PatchAsync(served, """{"metadata":{"labels":{"$patch":"replace","only":"this"}}}""");
        settings = served.Cluster.View().Nodes.Single().Settings!;
        Assert.Equal(["metadata.annotations", "metadata.labels"], settings.Fields.Select(field => field.Path));
    }

    [Theory]
    [InlineData("/api/v1/nodes/none", "{}", Merge, 404)]
    [InlineData(Node, "[]", "application/apply-patch+yaml", 415)]
    [InlineData(Node, "{}", "application/json-patch+json", 400)]
    [InlineData(Node, "{}", "application/json", 415)]
    [InlineData(Node, "{\"a\":", Merge, 400)]
    [InlineData(Node, """{"metadata":{"resourceVersion":"1"}}""", Merge, 409)]
    [InlineData(Node, """{"spec":{"taints":[{"key":"k","effect":"Sometimes"}]}}""", Merge, 422)]
    [InlineData(Node, """{"metadata":{"name":"other"}}""", Merge, 400)]
    public async Task A_patch_that_cannot_be_is_refused(string path, string patch, string type, int code)
    {
        await using var served = await ServedCluster.StartAsync();
        var (got, status) = await served.SendAsync(HttpMethod.Patch, path, patch, type);
        Assert.True(code == (int)got, $"{(int)got}: {status.ToJsonString()}");
        Assert.Null(served.Cluster.View().Nodes.Single().Settings);
    }
}
