using System.Net;
using Gossip.Kubernetes.Manifests;
using Gossip.Kubernetes.Plans;
using Gossip.Kubernetes.Tests.Fakes;

namespace Gossip.Kubernetes.Tests.Api;

public class ConfigApiTests
{
    const string Maps = "/api/v1/namespaces/default/configmaps", Secrets = "/api/v1/namespaces/default/secrets";

    static string Map(string data, string more = "") => $$"""{"metadata":{"name":"m"},"data":{{data}}{{more}}}""";
    static string Secret(string fields) => """{"metadata":{"name":"s"},""" + fields + "}";

    [Fact]
    public async Task A_map_is_created_read_replaced_and_deleted()
    {
        await using var served = await ServedCluster.StartAsync();
        Assert.Equal(
            HttpStatusCode.Created, (await served.PostAsync(Maps, Map("""{"a.b":"1","c":""}""", ""","binaryData":{"d":"AQ=="}"""))).Code);
        var (_, shown) = await served.GetAsync($"{Maps}/m");
        Assert.Equal("""{"a.b":"1","c":""}""", shown["data"]!.ToJsonString());
        Assert.Equal("AQ==", (string)shown["binaryData"]!["d"]!);
        Assert.Equal(HttpStatusCode.OK, (await served.SendAsync(HttpMethod.Put, $"{Maps}/m", Map("""{"a.b":"2"}"""))).Code);
        (_, shown) = await served.GetAsync($"{Maps}/m");
        Assert.Equal("""{"a.b":"2"}""", shown["data"]!.ToJsonString());
        Assert.Null(shown["binaryData"]);
        Assert.Equal(HttpStatusCode.OK, (await served.SendAsync(HttpMethod.Delete, $"{Maps}/m")).Code);
        Assert.Equal(HttpStatusCode.NotFound, (await served.GetAsync($"{Maps}/m")).Code);
    }

    [Fact]
    public async Task What_a_secret_holds_as_text_becomes_data()
    {
        await using var served = await ServedCluster.StartAsync();
        var (code, shown) =
            await served.PostAsync(Secrets, Secret("""  "data":{"a":"YQ==","b":"Yg =="},"stringData":{"b":"over","c":"ü"} """));
        Assert.Equal(HttpStatusCode.Created, code);
        Assert.Equal("""{"a":"YQ==","b":"b3Zlcg==","c":"w7w="}""", shown["data"]!.ToJsonString());
        Assert.Null(shown["stringData"]);
        Assert.Equal("Opaque", (string)shown["type"]!);
    }

    [Theory]
    [InlineData("m", """{"metadata":{"name":"m"},"immutable":true,"data":{"a":"2"}}""", "data")]
    [InlineData("m", """{"metadata":{"name":"m"},"data":{"a":"1"}}""", "immutable")]
    [InlineData("m", """{"metadata":{"name":"m"},"immutable":true,"data":{"a":"1"},"binaryData":{"b":"AQ=="}}""", "binaryData")]
    public async Task What_is_immutable_is_refused_in_Kubernetes_words(string name, string change, string field)
    {
        await using var served = await ServedCluster.StartAsync();
        await served.PostAsync(Maps, Map("""{"a":"1"}""", ""","immutable":true"""));
        var (code, status) = await served.SendAsync(HttpMethod.Put, $"{Maps}/{name}", change);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, code);
        Assert.Equal(
            $"ConfigMap \"m\" is invalid: {field}: Forbidden: field is immutable when `immutable` is set", (string)status["message"]!);
        Assert.Equal(
            (field, "FieldValueForbidden"),
            ((string)status["details"]!["causes"]![0]!["field"]!, (string)status["details"]!["causes"]![0]!["reason"]!));
        Assert.Equal(
            HttpStatusCode.OK,
            (await served.SendAsync(
            HttpMethod.Put, $"{Maps}/m", """{"metadata":{"name":"m","labels":{"l":"x"}},"immutable":true,"data":{"a":"1"}}""")).Code);
    }

    [Fact]
    public async Task The_type_of_a_secret_stays_what_it_was()
    {
        await using var served = await ServedCluster.StartAsync();
        await served.PostAsync(Secrets, Secret("\"stringData\":{}"));
        var (code, status) = await served.SendAsync(HttpMethod.Put, $"{Secrets}/s", Secret("\"type\":\"other\""));
        Assert.Equal(
            (HttpStatusCode.UnprocessableEntity, "Secret \"s\" is invalid: type: Invalid value: \"other\": field is immutable"),
            (code, (string)status["message"]!));
    }

    [Theory]
    [InlineData(Maps, """{"metadata":{"name":"m"},"data":{"../a":"1"}}""", "data[../a]", "not a key")]
    [InlineData(Maps, """{"metadata":{"name":"m"},"data":{"a":1}}""", "data[a]", "must be text")]
    [InlineData(Maps, """{"metadata":{"name":"m"},"binaryData":{"a":"hunter2"}}""", "binaryData[a]", "not base64")]
    [InlineData(Maps, """{"metadata":{"name":"m"},"data":{"a":"1"},"binaryData":{"a":"AQ=="}}""", "binaryData[a]", "in data already")]
    [InlineData(Secrets, """{"metadata":{"name":"s"},"data":{"a":"hunter2"}}""", "data[a]", "not base64")]
    [InlineData(
        Secrets, """{"metadata":{"name":"s"},"type":"kubernetes.io/tls","data":{"tls.crt":"AQ=="}}""", "data[tls.key]", "is missing")]
    [InlineData(
        Secrets, """{"metadata":{"name":"s"},"type":"kubernetes.io/dockerconfigjson","stringData":{".dockerconfigjson":"hunter2"}}""",
        "data[.dockerconfigjson]", "not JSON")]
    public async Task What_would_be_no_use_is_refused_with_its_key_and_without_its_value(
        string path, string body, string field, string because)
    {
        await using var served = await ServedCluster.StartAsync();
        var (code, status) = await served.PostAsync(path, body);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, code);
        var cause = Assert.Single(status["details"]!["causes"]!.AsArray());
        Assert.Equal(field, (string)cause!["field"]!);
        Assert.Contains(because, (string)cause["message"]!);
        Assert.DoesNotContain("hunter2", status.ToJsonString());
    }

    [Fact]
    public async Task A_plan_says_what_cannot_change_and_that_the_same_again_changes_nothing()
    {
        var cluster = new FakeCluster();
        await using var served = await ServedCluster.StartAsync(cluster);
        await served.PostAsync(Secrets, Secret("""  "stringData":{"a":"1"},"immutable":true """));
        ApplyPlan PlanOf(string value) => Planner.Plan(ManifestReader.Read("s.yaml", System.Text.Encoding.UTF8.GetBytes(
            $"apiVersion: v1\nkind: Secret\nmetadata: {{name: s}}\nimmutable: true\nstringData: {{a: \"{value}\"}}\n")), cluster.View());
        Assert.Equal(PlanAction.Unchanged, Assert.Single(PlanOf("1").Steps).Action);
        var fault = Assert.Single(PlanOf("2").Faults);
        Assert.Equal(("data", FaultReason.Forbidden), (fault.Field, fault.Reason));
    }

    [Fact]
    public async Task Kubectl_shows_them_as_tables_describes_and_replaces_them()
    {
        Assert.SkipUnless(Kubectl.IsThere, Kubectl.Absent);
        await using var served = await ServedCluster.StartAsync();
        var kubectl = served.Kubectl!;
        await kubectl.OkAsync("create -f -", """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: m}
            data: {a: "1", b: "2"}
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: s}
            stringData: {password: hunter2}
            """);
        Assert.Matches(@"NAME\s+DATA\s+AGE\nm\s+2\s+5m", await kubectl.OkAsync("get cm"));
        Assert.Matches(@"NAME\s+TYPE\s+DATA\s+AGE\ns\s+Opaque\s+1\s+5m", await kubectl.OkAsync("get secrets"));
        Assert.Matches(@"a:\n----\n1\n", await kubectl.OkAsync("describe cm m"));
        var secret = await kubectl.OkAsync("describe secret s");
        Assert.Matches(@"password:\s+7 bytes", secret);
        Assert.DoesNotContain("hunter2", secret);
        Assert.Contains(
            "replaced", await kubectl.OkAsync("replace -f -", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata: {a: '3'}\n"));
        Assert.Equal("3", await kubectl.OkAsync("get cm m -o jsonpath={.data.a}"));
        Assert.Contains("protobuf is not read here", (await kubectl.RunAsync("create configmap other --from-literal=a=1")).Error);
        await kubectl.OkAsync("delete cm/m secret/s");
    }
}
