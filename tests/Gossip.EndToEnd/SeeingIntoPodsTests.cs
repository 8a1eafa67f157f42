using System.Diagnostics;
using System.Text.Json.Nodes;
using Gossip.Kubernetes.Tests.Api;

namespace Gossip.EndToEnd;

/// <summary>Three real nodes; the pods are on the first, and everything is asked of the last.</summary>
public sealed class SeeingIntoPodsTests(SeeingIntoPodsTests.Cluster cluster) : IClassFixture<SeeingIntoPodsTests.Cluster>
{
    const string Pods = """
        apiVersion: v1
        kind: Pod
        metadata: {name: talker}
        spec:
          runtimeClassName: process
          nodeName: node-1
          terminationGracePeriodSeconds: 1
          containers:
          - name: main
            command: [sh, -c, "echo first; echo second; i=0; while true; do echo line $i; i=$((i+1)); sleep 0.1; done"]
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: pair}
        spec:
          runtimeClassName: process
          nodeName: node-1
          terminationGracePeriodSeconds: 1
          containers:
          - {name: a, command: [sh, -c, "echo I am a; exec sleep 3600"]}
          - {name: b, stdin: true, command: [sh, -c, "while read line; do echo heard $line; done"]}
        """;

    public sealed class Cluster : IAsyncLifetime
    {
        public LocalCluster Nodes { get; private set; } = null!;
        public string Last { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            Nodes = await LocalCluster.StartAsync(3);
            Last = Nodes[2].Api.BaseAddress!.GetLeftPart(UriPartial.Authority);
            var file = Path.Combine(Nodes.Folder, "pods.yaml");
            await File.WriteAllTextAsync(file, Pods);
            var applied = await GossipProgram.RunAsync("apply", "-f", file, "--server", Last);
            Assert.True(applied.ExitCode == 0, applied.Error);
            await LocalCluster.UntilAsync("both pods are ready", async () =>
                (await Nodes[2].GetAsync("api/v1/namespaces/default/pods"))["items"]!.AsArray().Count(pod =>
                    pod!["spec"]!["nodeName"]?.GetValue<string>() == "node-1" && pod["status"]!["containerStatuses"] is JsonArray states && states.All(state => state!["ready"]!.GetValue<bool>())) == 2);
        }

        public ValueTask DisposeAsync() => Nodes.DisposeAsync();
    }

    [Fact]
    public async Task Logs_are_told_by_a_node_that_does_not_have_the_pod()
    {
        Assert.StartsWith("first\nsecond\nline 0\n", await OkAsync("logs", "talker"), StringComparison.Ordinal);
        Assert.Equal("I am a\n", await OkAsync("logs", "pair", "-c", "a"));
        Assert.Equal(2, (await OkAsync("logs", "talker", "--tail", "2")).Count(c => c == '\n'));
        Assert.Matches(@"^20\d\d-\d\d-\d\dT\S+Z line \d+\n$", await OkAsync("logs", "talker", "--tail", "1", "--timestamps"));
    }

    [Fact]
    public async Task What_cannot_be_had_says_what_to_do()
    {
        Assert.Equal("gossip: pod pair has 2 containers: choose one with -c: a, b\n", (await RunAsync("logs", "pair")).Error);
        Assert.Equal("gossip: pods \"nobody\" not found\n", (await RunAsync("exec", "nobody", "--", "true")).Error);
        Assert.Contains("no earlier attempt", (await RunAsync("logs", "talker", "--previous")).Error, StringComparison.Ordinal);
        Assert.NotEqual(0, (await RunAsync("exec", "talker", "--", "no-such-program")).ExitCode);
    }

    [Fact]
    public async Task A_followed_log_goes_on_until_who_follows_leaves()
    {
        using var following = Process.Start(GossipProgram.With("logs", "-f", "--tail", "1", "talker", "--server", cluster.Last))!;
        try
        {
            for (var lines = 0; lines < 10; lines++) Assert.StartsWith("line ", await following.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(1)), StringComparison.Ordinal);
        }
        finally
        {
            following.Kill();
        }
    }

    [Fact]
    public async Task Who_follows_for_nobody_stops()
    {
        using var following = Process.Start(GossipProgram.With("logs", "-f", "talker", "--server", cluster.Last))!;
        try
        {
            await following.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(1));
            following.StandardOutput.Close();
            await following.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
            Assert.Equal(141, following.ExitCode);
        }
        finally
        {
            if (!following.HasExited) following.Kill();
        }
    }

    [Fact]
    public async Task A_command_has_input_output_errors_and_an_exit_code()
    {
        var outcome = await RunAsync("exec", "talker", "--", "sh", "-c", "echo out; echo err >&2; exit 7");
        Assert.Equal(new GossipOutcome(7, "out\n", "err\n"), outcome);

        var much = new string('x', 1 << 20);
        Assert.Equal(much, await TypeAsync(much, "exec", "-i", "talker", "--", "cat"));
    }

    /// <summary>Known by what it was started with: its pid is one of its pod's own namespace where pods are isolated.</summary>
    [Fact]
    public async Task A_command_ends_with_its_client()
    {
        var seconds = $"3600.{Environment.ProcessId}";
        using var client = Process.Start(GossipProgram.With("exec", "--server", cluster.Last, "talker", "--", "sleep", seconds))!;
        await LocalCluster.UntilAsync("the command runs", () => Task.FromResult(IsRunning("sleep", seconds)));
        client.Kill();
        await LocalCluster.UntilAsync("the command is gone", () => Task.FromResult(!IsRunning("sleep", seconds)));
    }

    [Fact]
    public async Task Attached_one_hears_and_is_heard()
    {
        using var attached = Process.Start(GossipProgram.With("attach", "-i", "pair", "-c", "b", "--server", cluster.Last))!;
        try
        {
            // Nothing says when the attached one is joined: say it again until it is heard.
            var heard = attached.StandardOutput.ReadLineAsync();
            await LocalCluster.UntilAsync("b hears", async () =>
            {
                await attached.StandardInput.WriteLineAsync("hello");
                await attached.StandardInput.FlushAsync();
                return heard.IsCompleted;
            });
            Assert.Equal("heard hello", await heard);
        }
        finally
        {
            attached.Kill();
        }
    }

    [Fact]
    public async Task Files_are_copied_out_of_a_pod_elsewhere()
    {
        var target = Path.Combine(cluster.Nodes.Folder, "copied");
        Assert.Contains("1 file copied", await OkAsync("cp", "talker:/etc/passwd", target), StringComparison.Ordinal);
        Assert.Equal(await File.ReadAllBytesAsync("/etc/passwd"), await File.ReadAllBytesAsync(Path.Combine(target, "passwd")));
        Assert.Equal(1, (await RunAsync("cp", "talker:/no/such/file", target)).ExitCode);
    }

    [Fact]
    public async Task What_pods_use_is_counted_where_they_run()
    {
        var used = JsonNode.Parse(await OkAsync("top", "--json"))!.AsArray();
        Assert.Equal(["pair", "talker"], used.Select(pod => pod!["name"]!.GetValue<string>()));
        Assert.All(used, pod => Assert.InRange(pod!["memory"]!.GetValue<long>(), 1, 1L << 30));
    }

    [Fact]
    public async Task Plain_kubectl_sees_into_pods_through_any_node()
    {
        Assert.SkipUnless(Kubectl.IsThere, Kubectl.Absent);
        using var kubectl = new Kubectl(cluster.Nodes[2].Api.BaseAddress!);
        Assert.StartsWith("first\nsecond\n", await kubectl.OkAsync("logs talker"), StringComparison.Ordinal);
        Assert.Equal("I am a\n", await kubectl.OkAsync("logs pair -c a"));
        Assert.Equal("fi", await kubectl.OkAsync("logs talker --limit-bytes=2"));

        Assert.Equal("out\n", await kubectl.OkAsync("exec talker -- echo out"));
        Assert.Equal("typed", await kubectl.OkAsync("exec -i talker -- cat", "typed"));
        var failed = await kubectl.RunAsync("exec talker -- false");
        Assert.Equal((1, true), (failed.Code, failed.Error.Contains("exit code 1", StringComparison.Ordinal)));

        var copied = Path.Combine(cluster.Nodes.Folder, "by-kubectl");
        await kubectl.OkAsync($"cp talker:/etc/passwd {copied}");
        Assert.Equal(await File.ReadAllBytesAsync("/etc/passwd"), await File.ReadAllBytesAsync(copied));
        await kubectl.OkAsync($"cp {copied} talker:came-in"); // in the folder that commands there begin in
        Assert.Equal(await File.ReadAllTextAsync("/etc/passwd"), await kubectl.OkAsync("exec talker -- cat came-in"));

        Assert.Matches(@"pair\s+\d+m\s+\d+Mi", await kubectl.OkAsync("top pods"));
    }

    [Fact]
    public async Task Plain_kubectl_follows_a_log()
    {
        Assert.SkipUnless(Kubectl.IsThere, Kubectl.Absent);
        using var following = Process.Start(new ProcessStartInfo("kubectl", ["-s", cluster.Last, "logs", "-f", "--tail=1", "talker"]) { RedirectStandardOutput = true })!;
        try
        {
            for (var lines = 0; lines < 10; lines++) Assert.StartsWith("line ", await following.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(1)), StringComparison.Ordinal);
        }
        finally
        {
            following.Kill();
        }
    }

    Task<GossipOutcome> RunAsync(string verb, params IEnumerable<string> rest) => GossipProgram.RunAsync([verb, "--server", cluster.Last, .. rest]);

    async Task<string> OkAsync(string verb, params IEnumerable<string> rest)
    {
        var outcome = await RunAsync(verb, rest);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        return outcome.Output;
    }

    async Task<string> TypeAsync(string typed, string verb, params IEnumerable<string> rest)
    {
        using var process = Process.Start(GossipProgram.With([verb, "--server", cluster.Last, .. rest]))!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync();
            await process.StandardInput.WriteAsync(typed);
            process.StandardInput.Close();
            return await output.WaitAsync(TimeSpan.FromMinutes(1));
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }

    /// <summary>What only waits for its parent's notice has no command line any more.</summary>
    static bool IsRunning(params string[] command) =>
        Directory.EnumerateDirectories("/proc").Any(process => CommandOf(process).SequenceEqual(command));

    static string[] CommandOf(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline")).Split('\0', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (IOException)
        {
            return [];
        }
    }
}
