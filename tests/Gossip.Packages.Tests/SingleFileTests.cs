using System.Text.Json;
using System.Text.RegularExpressions;

namespace Gossip.Packages.Tests;

/// <summary>`gossip` published as one file that brings its runtime: copied to a machine, it runs.</summary>
[Collection(nameof(WorkshopCollection))]
public sealed partial class SingleFileTests(Workshop workshop)
{
    static readonly TimeSpan FirstRun = TimeSpan.FromSeconds(60);
    static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task One_file_runs_a_node_whose_api_answers_and_ends_on_SIGTERM()
    {
        var published = Path.Combine(workshop.Root, "single");
        await Command.RunAsync(Repository.Root, [], "dotnet", "publish", "src/Gossip.Cli", "--nologo", "-v", "quiet", "-c", "Release",
            "--use-current-runtime", "--self-contained", "-p:PublishSingleFile=true", "-p:DebugType=embedded",
            "-o", published, "-warnaserror");
        var alone = Directory.CreateDirectory(Path.Combine(workshop.Root, "alone")).FullName; // nothing else is beside it
        var gossip = Path.Combine(alone, "gossip");
        File.Copy(Path.Combine(published, "gossip"), gossip);
        var key = Path.Combine(alone, "cluster.key");
        await File.WriteAllTextAsync(key, await Command.RunAsync(alone, [], gossip, "keygen"));

        await using var node = new HostProcess(alone, [], gossip,
            "run", "--name", "single", "--key-file", key, "--port", "0", "--api", "127.0.0.1:0");
        var api = Api().Match(await node.LineAsync(FirstRun, "ready single")).Groups[1].Value;
        using var http = new HttpClient { BaseAddress = new Uri(api) };
        using var nodes = JsonDocument.Parse(await http.GetStringAsync("/api/v1/nodes", TestContext.Current.CancellationToken));
        var only = Assert.Single(nodes.RootElement.GetProperty("items").EnumerateArray());
        Assert.Equal("single", only.GetProperty("metadata").GetProperty("name").GetString());
        await node.EndsAsync(Grace);
    }

    [GeneratedRegex("api=(http://[0-9.:]+)")]
    private static partial Regex Api();
}
