using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gossip.Kubernetes.Tests.Api;

namespace Gossip.EndToEnd;

/// <summary>Plain kubectl against real nodes: any of them will do, and all tell the same.</summary>
public sealed class KubectlTests
{
    const string Web = """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: web
          annotations: {example.com/owner: "somebody"}
        spec:
          replicas: 3
          futureField: {kept: true}
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              runtimeClassName: process
              terminationGracePeriodSeconds: 1
              containers:
              - name: sleep
                command: ["sleep", "3600"]
                ports: [{containerPort: 8080}]
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec:
          selector: {app: web}
          ports: [{port: 80, targetPort: 8080}]
        """;

    [Fact]
    public async Task What_one_node_is_told_every_node_does_and_shows()
    {
        Assert.SkipUnless(Kubectl.IsThere, Kubectl.Absent);
        await using var cluster = await LocalCluster.StartAsync(3);
        using var first = new Kubectl(cluster[0].Api.BaseAddress!);
        using var last = new Kubectl(cluster[2].Api.BaseAddress!);

        Assert.Contains("deployment.apps/web created", await first.OkAsync("create --validate=warn -f -", Web), StringComparison.Ordinal);
        await LocalCluster.UntilAsync("three pods run and are endpoints", async () =>
            Lines(await last.OkAsync("get pods --no-headers")).Count(line => line.Contains("1/1", StringComparison.Ordinal)) == 3
            && (await last.OkAsync("get endpoints web -o jsonpath={.subsets[*].addresses[*].ip}")).Split(' ', StringSplitOptions.RemoveEmptyEntries).Length == 3);

        var wide = await last.OkAsync("get pods,nodes,svc -o wide");
        Assert.Equal(3, Lines(wide).Count(line => line.StartsWith("node/node-", StringComparison.Ordinal) && line.Contains(" Ready ", StringComparison.Ordinal)));
        Assert.Contains("service/web", wide, StringComparison.Ordinal);
        Assert.Equal("true", await last.OkAsync("get deploy web -o jsonpath={.spec.futureField.kept}"));
        Assert.Contains("example.com/owner: somebody", await last.OkAsync("get deploy web -o yaml"), StringComparison.Ordinal);

        await last.OkAsync("delete deploy,svc web");
        await LocalCluster.UntilAsync("nothing is left", async () => (await first.OkAsync("get pods,deploy,svc -o name")).Trim().Length == 0);
    }

    [Fact]
    public async Task Every_real_manifest_survives_a_node_with_all_its_fields()
    {
        Assert.SkipUnless(Kubectl.IsThere, Kubectl.Absent);
        var folder = ApplyTests.Manifests();
        if (folder is null) Assert.Skip("needs the folder of real manifests: name it in GOSSIP_MANIFESTS");
        await using var cluster = await LocalCluster.StartAsync(1);
        using var kubectl = new Kubectl(cluster[0].Api.BaseAddress!);
        foreach (var file in Directory.EnumerateFiles(folder, "*.yaml", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            // kubectl has read the YAML by its own rules: what it would send is what must come back.
            var sent = Documents(await kubectl.OkAsync($"create --dry-run=client --validate=false -f {file} -o json"));
            await kubectl.OkAsync($"create -f {file}");
            var got = Documents(await kubectl.OkAsync($"get -f {file} -o json"));
            if (got is [{ } list] && list["items"] is JsonArray items) got = [.. items];
            Assert.Equal(sent.Count, got.Count);
            for (var i = 0; i < sent.Count; i++) AssertKept(sent[i], got[i], file);
            await kubectl.OkAsync($"delete -f {file}");
        }
    }

    /// <summary>Everything that was sent is there; more may be (status, uid …).</summary>
    static void AssertKept(JsonNode? sent, JsonNode? got, string where)
    {
        switch (sent)
        {
            case JsonObject fields:
                foreach (var (name, value) in fields)
                    if (value is not null && name is not ("status" or "creationTimestamp" or "resourceVersion" or "selfLink" or "uid")) AssertKept(value, (got as JsonObject)?[name], $"{where}.{name}");
                break;
            case JsonArray items:
                Assert.True(got is JsonArray list && list.Count == items.Count, $"{where}: {items.Count} items became {got?.ToJsonString()}");
                for (var i = 0; i < items.Count; i++) AssertKept(items[i], got!.AsArray()[i], $"{where}[{i}]");
                break;
            default:
                Assert.True(JsonNode.DeepEquals(sent, got), $"{where}: {sent?.ToJsonString()} became {got?.ToJsonString()}");
                break;
        }
    }

    /// <summary>One JSON value after the other, as kubectl prints several objects.</summary>
    static List<JsonNode?> Documents(string text)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text), new JsonReaderOptions { AllowMultipleValues = true });
        var documents = new List<JsonNode?>();
        while (reader.Read()) documents.Add(JsonNode.Parse(ref reader));
        return documents;
    }

    static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
