using System.Text.Json.Nodes;
using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Kubernetes.Manifests;
using Gossip.Kubernetes.Tests.Fakes;

namespace Gossip.Kubernetes.Tests.Api;

/// <summary>What plain kubectl, the real one, does with the API.</summary>
public class KubectlTests
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
              containers: [{name: c, image: httpd, command: [httpd], ports: [{containerPort: 80}]}]
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec: {selector: {app: web}, ports: [{port: 80}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: odd, labels: {odd: "yes"}}
        spec: {containers: [{name: c, image: nginx}]}
        """;

    static async Task<ServedCluster> StartAsync()
    {
        Assert.SkipUnless(Kubectl.IsThere, Kubectl.Absent);
        return await ServedCluster.StartAsync(new FakeCluster().WithNode("n1", "process").WithNode("n2", "process", MemberState.Dead));
    }

    [Fact]
    public async Task Create_get_and_delete_work()
    {
        await using var served = await StartAsync();
        var kubectl = served.Kubectl!;
        Assert.Equal("deployment.apps/web created\nservice/web created\npod/odd created\n", await kubectl.OkAsync("create -f -", Web));

        var all = await kubectl.OkAsync("get pods,nodes,svc,deploy -o wide");
        Assert.Matches(@"NAME\s+READY\s+STATUS\s+RESTARTS\s+AGE\s+IP\s+NODE\s+NOMINATED NODE\s+READINESS GATES", all);
        Assert.Matches(@"pod/web-abcdef01-0\s+1/1\s+Running\s+2\s+5m\s+127\.1\.0\.1\s+n1\s+<none>\s+<none>", all);
        Assert.Matches(@"pod/odd\s+0/1\s+Pending\s+0\s+5m\s+<none>\s+<none>", all);
        Assert.Matches(@"node/n1\s+Ready\s+<none>\s+5m\s+\S+\s+127\.0\.0\.1", all);
        Assert.Matches(@"node/n2\s+NotReady", all);
        Assert.Matches(@"service/web\s+ClusterIP\s+<none>\s+<none>\s+80/TCP\s+5m\s+app=web", all);
        Assert.Matches(@"deployment.apps/web\s+2/2\s+2\s+2\s+5m\s+c\s+httpd\s+app=web", all);
        Assert.Matches(@"web\s+127\.1\.0\.1:80,127\.1\.0\.2:80\s+5m", await kubectl.OkAsync("get endpoints"));

        Assert.Equal("pod/odd\n", await kubectl.OkAsync("get pods -l odd=yes -o name"));
        Assert.Equal("pod/odd\n", await kubectl.OkAsync("get pods --field-selector status.phase=Pending -o name"));
        Assert.Equal(
            2, (await kubectl.OkAsync("get pods -A -l 'app in (web,db),!odd' -o name".Replace('\'', '"'))).Split(
            '\n', StringSplitOptions.RemoveEmptyEntries).Length);

        Assert.Contains("deleted", await kubectl.OkAsync("delete deployment,svc web"), StringComparison.Ordinal);
        Assert.Contains("deleted", await kubectl.OkAsync("delete pod odd"), StringComparison.Ordinal);
        Assert.Contains("No resources found", (await kubectl.RunAsync("get pods")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deleted_pod_of_a_workload_comes_back_as_another()
    {
        await using var served = await StartAsync();
        await served.Kubectl!.OkAsync("create -f -", Web);
        const string uid = "get pod web-abcdef01-0 -o jsonpath={.metadata.uid}";
        var before = await served.Kubectl.OkAsync(uid);
        await served.Kubectl.OkAsync("delete pod web-abcdef01-0");
        Assert.NotEqual(before, await served.Kubectl.OkAsync(uid));
    }

    [Fact]
    public async Task What_was_read_can_be_put_back_and_replaced()
    {
        await using var served = await StartAsync();
        var kubectl = served.Kubectl!;
        await kubectl.OkAsync("create -f -", Web);
        var yaml = await kubectl.OkAsync("get deploy web -o yaml");
        Assert.Contains(
            "replaced", await kubectl.OkAsync("replace -f -", await kubectl.OkAsync("get deploy web -o yaml")), StringComparison.Ordinal);
        await kubectl.OkAsync(
            "replace -f -",
            (await kubectl.OkAsync("get deploy web -o yaml")).Replace("replicas: 2", "replicas: 3", StringComparison.Ordinal));
        Assert.Equal("3", await kubectl.OkAsync("get deploy web -o jsonpath={.spec.replicas}"));
        var stale = await kubectl.RunAsync("replace -f -", yaml);
        Assert.NotEqual(0, stale.Code);
        Assert.Contains("the object has been modified", stale.Error, StringComparison.Ordinal);
        await kubectl.OkAsync(
            "replace -f -",
            (await kubectl.OkAsync("get node n1 -o yaml")).Replace("spec: {}", "spec: {unschedulable: true}", StringComparison.Ordinal));
        Assert.Contains("Ready,SchedulingDisabled", await kubectl.OkAsync("get node n1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_is_created_item_by_item()
    {
        await using var served = await StartAsync();
        await served.Kubectl!.OkAsync("create -f -", Web);
        var list = await served.Kubectl.OkAsync("get deploy,svc -o yaml");
        await served.Kubectl.OkAsync("delete deploy,svc web");
        Assert.Contains("service/web created", await served.Kubectl.OkAsync("create -f -", list), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_fields_are_kept_with_a_warning()
    {
        await using var served = await StartAsync();
        var odd = Web.Split("---")[0].Replace("replicas: 2", "replicas: 2\n  futureField: {deep: [1.5]}", StringComparison.Ordinal);
        var warned = await served.Kubectl!.RunAsync("create --validate=warn -f -", odd);
        Assert.Equal(
            (0, true), (warned.Code, warned.Error.Contains("Warning: unknown field \"spec.futureField\"", StringComparison.Ordinal)));
        Assert.Equal("1.5", await served.Kubectl.OkAsync("get deploy web -o jsonpath={.spec.futureField.deep[0]}"));
    }

    [Fact]
    public async Task Namespaces_hold_what_is_in_them_and_take_it_along()
    {
        await using var served = await StartAsync();
        var kubectl = served.Kubectl!;
        Assert.Contains(
            "namespaces \"shop\" not found", (await kubectl.RunAsync("create -n shop -f -", Web)).Error, StringComparison.Ordinal);
        await kubectl.OkAsync("create -f -", "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n");
        await kubectl.OkAsync("create -n shop -f -", Web);
        Assert.Matches("shop +odd", await kubectl.OkAsync("get pods -A"));
        Assert.Matches(@"shop\s+Active", await kubectl.OkAsync("get ns"));
        await kubectl.OkAsync("delete ns shop");
        Assert.DoesNotContain("shop", await kubectl.OkAsync("get pods,ns -A -o name"), StringComparison.Ordinal);
        Assert.Contains("protobuf is not read here", (await kubectl.RunAsync("create ns other")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Describe_shows_a_pending_pod_with_its_reason_and_events()
    {
        await using var served = await StartAsync();
        await served.Kubectl!.OkAsync("create -f -", Web);
        served.Cluster.WithEvent(new ObjectName("Pod", "default", "odd"), "FailedScheduling", "0/1 nodes fit");
        Assert.Contains(
            "0/1 nodes are available: 1 has no runtime containers.", await served.Kubectl.OkAsync("describe pod odd"),
            StringComparison.Ordinal);
        Assert.Matches(@"Warning\s+FailedScheduling\s+pod/odd\s+0/1 nodes fit", await served.Kubectl.OkAsync("get events"));
        Assert.Contains("Name:", await served.Kubectl.OkAsync("describe node n1"), StringComparison.Ordinal);
        Assert.Contains("2 desired", await served.Kubectl.OkAsync("describe deploy web"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_manifest_of_the_corpus_survives_create_and_get_with_all_its_fields()
    {
        Assert.SkipUnless(Kubectl.IsThere, Kubectl.Absent);
        Assert.SkipWhen(Corpus.Files.Count == 0, Corpus.Absent);
        await using var served = await StartAsync();
        foreach (var file in Corpus.Files)
        {
            await served.Kubectl!.OkAsync($"create -f {file}");
            var shown = ManifestReader.Read("kubectl", await served.Kubectl.OkAsync($"get -f {file} -o yaml")).Manifests;
            var sent = ManifestReader.Read(file, File.ReadAllBytes(file)).Manifests;
            Assert.Equal(sent.Length, shown.Length);
            foreach (var (before, after) in sent.Zip(shown))
                Assert.True(Holds(after.Root, before.Root), $"{file}: {after.Root.ToJsonString()}");
            await served.Kubectl.OkAsync($"delete -f {file}");
        }
    }

    /// <summary>Everything that was sent is there, whatever the server added.</summary>
    static bool Holds(JsonNode? shown, JsonNode? sent) => sent switch
    {
        JsonObject fields => shown is JsonObject all && fields.All(field => Holds(all[field.Key], field.Value)),
        JsonArray items => shown is JsonArray all && all.Count == items.Count && items.Zip(all).All(pair => Holds(pair.Second, pair.First)),
        _ => JsonNode.DeepEquals(shown, sent),
    };
}
