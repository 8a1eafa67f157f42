using System.Text.Json;

namespace Gossip.EndToEnd;

/// <summary><c>gossip apply</c> as people use it, without a cluster and with one.</summary>
public class ApplyTests
{
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
