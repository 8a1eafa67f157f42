using System.Text.Json;

namespace Gossip.EndToEnd;

/// <summary><c>gossip apply</c> as people use it, without a cluster and with one.</summary>
public class ApplyTests
{
    [Fact]
    public async Task A_backup_of_one_cluster_applied_to_another_wants_the_same_there()
    {
        await using var one = await LocalCluster.StartAsync(1);
        await using var other = await LocalCluster.StartAsync(1);
        var (manifest, backup, again) =
            (Path.Combine(one.Folder, "all.yaml"), Path.Combine(one.Folder, "backup.json"), Path.Combine(one.Folder, "again.json"));
        await File.WriteAllTextAsync(manifest, """
            apiVersion: v1
            kind: Namespace
            metadata: {name: shop}
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: key, namespace: shop}
            stringData: {word: open}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: idle, namespace: shop}
            spec: {selector: {app: idle}, ports: [{port: 80}]}
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: idle, namespace: shop}
            spec:
              replicas: 2
              selector: {matchLabels: {app: idle}}
              template:
                metadata: {labels: {app: idle}}
                spec:
                  runtimeClassName: process
                  containers: [{name: main, command: [sleep, "1000"]}]
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: bare}
            spec:
              runtimeClassName: process
              containers: [{name: main, command: [sleep, "1000"]}]
            """);
        await RunAsync("apply", "-f", manifest, "--server", ServerOf(one));
        await LocalCluster.UntilAsync("its pods run", async () => (await one[0].GetAsync("api/v1/pods"))["items"]!.AsArray().Count == 3);
        var said = await RunAsync("backup", "--to", backup, "--server", ServerOf(one));
        Assert.Contains("Secrets are in it in plain", said.Error, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(backup));

        await RunAsync("apply", "-f", backup, "--server", ServerOf(other));
        await RunAsync("backup", "--to", again, "--server", ServerOf(other));
        Assert.Equal(await File.ReadAllTextAsync(backup), await File.ReadAllTextAsync(again));
        Assert.Contains("\"b3Blbg==\"", await File.ReadAllTextAsync(again), StringComparison.Ordinal);
        await LocalCluster.UntilAsync("the pods run there", async () =>
            (await other[0].GetAsync("api/v1/pods"))["items"]!.AsArray().Count == 3);
    }

    static string ServerOf(LocalCluster cluster) => cluster[0].Api.BaseAddress!.ToString();

    static async Task<GossipOutcome> RunAsync(params string[] words)
    {
        var ran = await GossipProgram.RunAsync(words);
        Assert.True(ran.ExitCode == 0, ran.Error);
        return ran;
    }

    [Fact]
    public async Task Every_real_manifest_has_a_plan_and_no_fault()
    {
        var folder = Manifests();
        if (folder is null) Assert.Skip("needs the folder of real manifests: name it in GOSSIP_MANIFESTS");
        foreach (var file in Directory.EnumerateFiles(folder, "*.yaml", SearchOption.AllDirectories))
        {
            var outcome = await GossipProgram.RunAsync("apply", "--dry-run", "--json", "-f", file);
            Assert.True(outcome.ExitCode == 0, $"{file}: {outcome.Output}{outcome.Error}");
            using var plan = JsonDocument.Parse(outcome.Output);
            Assert.NotEqual(0, plan.RootElement.GetProperty("steps").GetArrayLength());
        }
    }

    [Theory]
    [InlineData("kind: [", "broken.yaml:2:1")]
    [InlineData("apiVersion: v1\nkind: Teapot\nmetadata: {name: a}", "Teapot")]
    [InlineData("apiVersion: v1\nkind: Pod\nmetadata: {}\nspec: {containers: [{name: a, image: a}]}", "metadata.name")]
    [InlineData("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: a, resources: {requests: {cpu: -1}}}]}", "cpu")]
    [InlineData("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: a, resources: {requests: {memory: 1e30}}}]}", "memory")]
    [InlineData("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {selector: {matchLabels: {app: a}}, template: {metadata: {labels: {app: b}}, spec: {containers: [{name: a, image: a}]}}}", "selector")]
    [InlineData("apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: a}", "a")]
    public async Task A_broken_manifest_is_refused_by_the_name_of_its_field(string yaml, string named)
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "broken.yaml");
        await File.WriteAllTextAsync(file, yaml);
        var outcome = await GossipProgram.RunAsync("apply", "-f", file);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("broken.yaml", outcome.Error);
        Assert.Contains(named, outcome.Error);
        Assert.DoesNotContain("   at ", outcome.Error);
    }

    [Fact]
    public async Task Without_a_node_the_error_says_how_to_start_one()
    {
        var outcome = await GossipProgram.RunAsync("members", "--server", "http://127.0.0.1:1");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("gossip run", outcome.Error);
    }

    /// <summary>The folder named by GOSSIP_MANIFESTS, or the one beside the checkout.</summary>
    internal static string? Manifests()
    {
        if (Environment.GetEnvironmentVariable("GOSSIP_MANIFESTS") is { Length: > 0 } named) return named;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (Path.Combine(folder.FullName, "shared", "manifests") is var path && Directory.Exists(path)) return path;
        return null;
    }
}

/// <summary>A folder that goes when the test ends.</summary>
sealed class TemporaryFolder : IDisposable
{
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("gossip-e2e-");
    public string Path => folder.FullName;
    public void Dispose() => folder.Delete(recursive: true);
}
