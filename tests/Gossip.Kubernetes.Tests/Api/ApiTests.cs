using System.Net;
using System.Text.Json.Nodes;
using Gossip.Core.Requests;
using Gossip.Kubernetes.Api;
using WorkloadSpec = Gossip.Core.Kinds.WorkloadSpec;

namespace Gossip.Kubernetes.Tests.Api;

/// <summary>What the API answers, status by status, without kubectl between.</summary>
public class ApiTests
{
    const string Pods = "/api/v1/namespaces/default/pods";

    static string Pod(string name, string extra = "") =>
        """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"NAME","labels":{"app":"NAME"}},"spec":{"runtimeClassName":"process","containers":[{"name":"c","command":["x"]}]EXTRA}}"""
            .Replace("NAME", name, StringComparison.Ordinal).Replace("EXTRA", extra, StringComparison.Ordinal);

    [Theory]
    [InlineData("GET", "/api/v1/namespaces/default/pods/none", null, 404, "NotFound")]
    [InlineData("GET", "/api/v1/persistentvolumes", null, 404, "NotFound")]
    [InlineData("GET", "/apis/batch/v1/jobs", null, 404, "NotFound")]
    [InlineData("GET", Pods + "?labelSelector=a%20in%20b", null, 400, "BadRequest")]
    [InlineData("GET", Pods + "?fieldSelector=spec.colour%3Dred", null, 400, "BadRequest")]
    [InlineData("GET", Pods + "?continue=abc", null, 400, "BadRequest")]
    [InlineData("GET", Pods + "?continue=123-4", null, 410, "Expired")]
    [InlineData("GET", Pods + "/there/log", null, 503, "ServiceUnavailable")]
    [InlineData("DELETE", "/api/v1/namespaces/default", null, 403, "Forbidden")]
    [InlineData("DELETE", "/api/v1/nodes/n1", null, 405, "MethodNotAllowed")]
    [InlineData("DELETE", Pods + "/there?gracePeriodSeconds=-1", null, 400, "BadRequest")]
    [InlineData("DELETE", Pods + "/there", """{"preconditions":{"uid":"other"}}""", 409, "Conflict")]
    [InlineData("POST", Pods, "{\"a\":1", 400, "BadRequest")]
    [InlineData("POST", Pods, "{\"a\":1,\"a\":2}", 400, "BadRequest")]
    [InlineData("POST", Pods, """{"kind":"Service","apiVersion":"v1","metadata":{"name":"x"}}""", 400, "BadRequest")]
    [InlineData("POST", Pods, """{"metadata":{"name":"x","namespace":"other"}}""", 400, "BadRequest")]
    [InlineData("POST", Pods, """{"metadata":{"name":"x"},"spec":{}}""", 422, "Invalid")]
    [InlineData(
        "POST", "/api/v1/namespaces/nowhere/pods", """{"metadata":{"name":"x"},"spec":{"containers":[{"name":"c","image":"i"}]}}""", 404,
        "NotFound")]
    [InlineData(
        "PUT", Pods + "/absent", """{"metadata":{"name":"absent"},"spec":{"containers":[{"name":"c","image":"i"}]}}""", 404, "NotFound")]
    [InlineData(
        "PUT", Pods + "/there", """{"metadata":{"name":"there","resourceVersion":"1"},"spec":{"containers":[{"name":"c","image":"i"}]}}""",
        409, "Conflict")]
    [InlineData(
        "PUT", Pods + "/there", """{"metadata":{"name":"other"},"spec":{"containers":[{"name":"c","image":"i"}]}}""", 400, "BadRequest")]
    public async Task Every_refusal_is_a_status_that_says_why(string method, string path, string? body, int code, string reason)
    {
        await using var served = await ServedCluster.StartAsync();
        await served.PostAsync(Pods, Pod("there"));
        var before = served.Cluster.View().Objects;
        var (got, status) = await served.SendAsync(new HttpMethod(method), path, body);
        Assert.Equal((code, "Status", reason, code), ((int)got, (string)status["kind"]!, (string)status["reason"]!, (int)status["code"]!));
        Assert.NotEmpty((string)status["message"]!);
        Assert.Equal(before, served.Cluster.View().Objects);
    }

    [Fact]
    public async Task A_second_of_one_name_is_refused_and_an_invalid_one_names_its_fields()
    {
        await using var served = await ServedCluster.StartAsync();
        Assert.Equal(HttpStatusCode.Created, (await served.PostAsync(Pods, Pod("p"))).Code);
        var (code, twice) = await served.PostAsync(Pods, Pod("p"));
        Assert.Equal((HttpStatusCode.Conflict, "AlreadyExists", "p"), (code, (string)twice["reason"]!, (string)twice["details"]!["name"]!));
        var (_, invalid) = await served.PostAsync(
            Pods, """{"metadata":{"name":"q"},"spec":{"containers":[{"name":"c","image":"i","resources":{"requests":{"cpu":"-1"}}}]}}""");
        Assert.Equal("spec.containers[0].resources.requests.cpu", (string)invalid["details"]!["causes"]![0]!["field"]!);
    }

    [Fact]
    public async Task Protobuf_and_bodies_too_large_are_refused_before_they_are_read()
    {
        await using var served = await ServedCluster.StartAsync();
        var (protobuf, status) = await served.SendAsync(HttpMethod.Post, Pods, "k8s\0x", "application/vnd.kubernetes.protobuf");
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, protobuf);
        Assert.Contains("create -f", (string)status["message"]!, StringComparison.Ordinal);
        var (large, _) = await served.PostAsync(Pods, Pod("p", $",\"x\":\"{new string('x', (1 << 20) + (1 << 17))}\""));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large);
        var (tooLargeAnObject, _) = await served.PostAsync(Pods, Pod("p", $",\"x\":\"{new string('x', 1 << 20)}\""));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, tooLargeAnObject);
        Assert.Empty(served.Cluster.View().Objects);
    }

    [Fact]
    public async Task A_dry_run_shows_what_would_be_and_writes_nothing()
    {
        await using var served = await ServedCluster.StartAsync();
        var (code, shown) = await served.PostAsync(Pods + "?dryRun=All", Pod("p"));
        Assert.Equal((HttpStatusCode.Created, "p"), (code, (string)shown["metadata"]!["name"]!));
        Assert.Empty(served.Cluster.View().Objects);
        await served.PostAsync(Pods, Pod("p"));
        Assert.Equal(HttpStatusCode.OK, (await served.SendAsync(HttpMethod.Delete, Pods + "/p?dryRun=All")).Code);
        Assert.Single(served.Cluster.View().Objects);
    }

    [Fact]
    public async Task A_pod_that_is_read_and_put_back_is_the_same_pod()
    {
        await using var served = await ServedCluster.StartAsync();
        await served.PostAsync(Pods, Pod("p"));
        var before = served.Cluster.View().Objects[0].Fields.Select(field => field.Path);
        var (_, shown) = await served.GetAsync(Pods + "/p");
        Assert.Equal("n1", (string)shown["spec"]!["nodeName"]!);
        Assert.Equal(HttpStatusCode.OK, (await served.SendAsync(HttpMethod.Put, Pods + "/p", shown.ToJsonString())).Code);
        Assert.Equal(before, served.Cluster.View().Objects[0].Fields.Select(field => field.Path));
    }

    /// <summary>What goes to the node was read when it was checked, and is not read again; what was changed after that is.</summary>
    [Fact]
    public async Task A_pod_goes_to_the_node_with_its_template_read()
    {
        await using var served = await ServedCluster.StartAsync();
        await served.PostAsync(Pods, Pod("p"));
        var create = Assert.IsType<CreateObject>(served.Cluster.Asked[^1]);
        Assert.Equal(WorkloadSpec.ReadTemplate("Pod", create.Fields)!.Template!.Hash, create.Template!.Template!.Hash);
        var (_, shown) = await served.GetAsync(Pods + "/p");
        await served.SendAsync(HttpMethod.Put, Pods + "/p", shown.ToJsonString());
        Assert.Null(Assert.IsType<ReplaceObject>(served.Cluster.Asked[^1]).Template); // nodeName and priority were taken out
    }

    [Fact]
    public async Task A_generated_name_is_made_here()
    {
        await using var served = await ServedCluster.StartAsync();
        var (code, shown) =
            await served.PostAsync(Pods, Pod("p").Replace("\"name\":\"p\"", "\"generateName\":\"job-\"", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.Created, code);
        Assert.Matches("^job-[a-z0-9]{5}$", (string)shown["metadata"]!["name"]!);
    }

    [Fact]
    public async Task A_collection_is_deleted_by_its_selector()
    {
        await using var served = await ServedCluster.StartAsync();
        foreach (var name in (string[])["a", "b", "c"]) await served.PostAsync(Pods, Pod(name));
        Assert.Equal(HttpStatusCode.OK, (await served.SendAsync(HttpMethod.Delete, Pods + "?labelSelector=app%20in%20(a,b)")).Code);
        Assert.Equal("c", Assert.Single(served.Cluster.View().Objects).Name.Name);
    }

    [Theory]
    [InlineData("/version", "gitVersion")]
    [InlineData("/api", "versions")]
    [InlineData("/apis", "groups")]
    [InlineData("/apis/apps", "preferredVersion")]
    [InlineData("/api/v1", "resources")]
    [InlineData("/apis/apps/v1", "resources")]
    [InlineData("/openapi/v3", "paths")]
    [InlineData("/openapi/v3/api/v1", "components")]
    [InlineData("/openapi/v3/apis/apps/v1", "paths")]
    [InlineData(Pods, "items")]
    [InlineData("/", "paths")]
    public async Task The_plain_forms_are_served(string path, string field)
    {
        await using var served = await ServedCluster.StartAsync();
        var (code, body) = await served.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, code);
        Assert.NotNull(body[field]);
    }

    [Fact]
    public async Task A_form_that_is_not_served_is_not_acceptable_unless_another_will_do()
    {
        await using var served = await ServedCluster.StartAsync();
        Assert.Equal(HttpStatusCode.NotAcceptable, (await served.GetAsync(Pods, "application/vnd.kubernetes.protobuf")).Code);
        Assert.Equal(
            "PodList", (string)(await served.GetAsync(Pods, "application/vnd.kubernetes.protobuf, application/json")).Body["kind"]!);
        Assert.Equal(
            "Table", (string)(await served.GetAsync(Pods, "application/json;as=Table;v=v1;g=meta.k8s.io,application/json")).Body["kind"]!);
    }

    [Fact]
    public async Task A_node_that_is_away_is_said_to_be()
    {
        await using var server = await ApiServer.StartAsync(new KubernetesApi((_, _) =>
            Task.FromResult<Gossip.Core.Ports.Reply>(
                new Gossip.Core.Ports.Refused(Gossip.Core.Ports.RefusedBecause.Unavailable, "stopping"))));
        using var http = new HttpClient { BaseAddress = server.Url };
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await http.GetAsync("/readyz")).StatusCode);
        Assert.Equal("ok", await http.GetStringAsync("/livez"));
        var status = JsonNode.Parse(await (await http.GetAsync(Pods)).Content.ReadAsStringAsync())!;
        Assert.Equal("stopping", (string)status["message"]!);
    }
}
