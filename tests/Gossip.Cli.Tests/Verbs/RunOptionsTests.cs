using System.CommandLine;
using System.Globalization;
using Gossip.Cli.Verbs;
using Gossip.Core.Membership;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;
using Gossip.Node;
using Gossip.Node.Sealing;
using Gossip.Runtimes.Processes;

namespace Gossip.Cli.Tests.Verbs;

/// <summary>What <c>gossip run</c> makes of its options.</summary>
public sealed class RunOptionsTests : IDisposable
{
    const string Key = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("gossip-run-options-");

    public void Dispose() => folder.Delete(recursive: true);

    static NodeHost.Settings Read(params string[] args)
    {
        var options = new RunOptions();
        var command = new Command("run");
        foreach (var option in options.All) command.Options.Add(option);
        var parsed = command.Parse(args);
        return parsed.Errors.Count == 0 ? options.Read(parsed)
            : throw new CliFailure(string.Join(' ', parsed.Errors.Select(error => error.Message)), 2);
    }

    static GossipOptions Node(params string[] args) => Read(args).Options;

    static string Refused(params string[] args)
    {
        var failure = Assert.Throws<CliFailure>(() => Read(args));
        Assert.Equal(2, failure.ExitCode);
        return failure.Message;
    }

    [Fact]
    public void Every_option_arrives()
    {
        var keyFile = Path.Combine(folder.FullName, "key");
        File.WriteAllText(keyFile, Key + "\n");
        var checks = new Dictionary<string, (string[] Value, Func<NodeHost.Settings, string> Seen)>(StringComparer.Ordinal)
        {
            ["--name"] = (["a"], settings => settings.Options.Name ?? ""),
            ["--cluster"] = (["blue"], settings => settings.Options.Cluster),
            ["--bind"] = (["::1"], settings => settings.Options.BindAddress ?? ""),
            ["--port"] = (["0"], settings => settings.Options.Port?.ToString(CultureInfo.InvariantCulture) ?? ""),
            ["--advertise"] = (["[fd00::1]:5"], settings => settings.Options.Advertise ?? ""),
            ["--join"] = (["[::1]:7373"], settings => string.Join(' ', settings.Options.Seeds)),
            ["--api"] = (["127.0.0.1:9"], settings => settings.Api.ToString()),
            ["--data"] = (["/data"], settings => settings.Options.DataFolder ?? ""),
            ["--accept-loss"] = ([], settings => settings.Options.AcceptLoss.ToString()),
            ["--key"] = ([Key], settings => settings.Options.Keyring!.Reveal()),
            ["--key-file"] = ([keyFile], settings => settings.Options.Keyring!.Reveal()),
            ["--profile"] = (["local"], settings => (settings.Options.Timings == NodeTimings.Local).ToString()),
            ["--label"] = (["disk=ssd"], settings => string.Join(' ', settings.Options.Labels)),
            ["--taint"] = (["disk=slow:NoSchedule"], settings => string.Join(' ', settings.Options.Taints)),
            ["--cpu"] = (["500m"], settings => settings.Options.Resources.Cpu.ToString()),
            ["--memory"] = (["8Gi"], settings => settings.Options.Resources.Memory.ToString()),
            ["--device"] = (["gpu:T4:2"], settings => $"{settings.Options.Resources.Devices.Groups.Length}"),
            ["--pods"] = (["7"], settings => settings.Options.Resources.Pods.ToString(CultureInfo.InvariantCulture)),
            ["--bandwidth"] = (["1G"], settings => string.Join(' ', settings.Options.Resources.Extended)),
            ["--score-weight"] = (["least-allocated=0"], settings => string.Join(' ', settings.Options.Scheduling.ToRules().Weights)),
            ["--docker"] = (["tcp://engine:1"], Runtimes),
            ["--podman"] = (["unix:///podman"], Runtimes),
            ["--process-isolation"] = (["none"], Runtimes),
        };
        var declared = new RunOptions().All.Select(option => option.Name);
        Assert.Equal(declared.Order(StringComparer.Ordinal), checks.Keys.Order(StringComparer.Ordinal));
        foreach (var (option, (value, seen)) in checks)
            Assert.True(seen(Read()) != seen(Read([option, .. value])), $"{option} changed nothing: {seen(Read())}");
    }

    [Theory]
    [InlineData("Name", "(--name)")]
    [InlineData("Port", "(--bind, --port; port 0 is any that is free)")]
    [InlineData("BindAddress", "(--bind, --port; port 0 is any that is free)")]
    public void A_node_that_cannot_start_names_the_option_that_mends_it(string option, string hint) =>
        Assert.EndsWith(hint, NodeHost.WordsOf(new GossipStartException(option, "something is wrong")), StringComparison.Ordinal);

    [Fact]
    public void What_is_repeated_is_added()
    {
        var node = Node(
            "--join", "a:1", "--join", "b:2", "--label", "x=1", "--label", "y=", "--device", "gpu:T4:1", "--device", "gpu:A100:2");
        Assert.Equal(["a:1", "b:2"], node.Seeds);
        Assert.Equal(("1", ""), (node.Labels["x"], node.Labels["y"]));
        Assert.Equal(2, node.Resources.Devices.Groups.Length);
    }

    [Theory]
    [InlineData("--join", "::1", "--join '::1' has no port: write [::1]:PORT")]
    [InlineData("--join", "node:0", "'0' is not a port (1 to 65535)")]
    [InlineData("--bind", "localhost", "--bind 'localhost': 'localhost' is not an IP address")]
    [InlineData("--bind", "1", "--bind '1'")]
    [InlineData("--advertise", "0.0.0.0", "--advertise '0.0.0.0'")]
    [InlineData("--api", "127.0.0.1", "--api '127.0.0.1' has no port")]
    [InlineData("--api", "0.0.0.0:8080", "127.0.0.1 only")]
    [InlineData("--api", "[::1]:8080", "127.0.0.1 only")]
    [InlineData("--port", "70000", "--port '70000' is not a port (0 to 65535)")]
    [InlineData("--port", "-1", "--port '-1' is not a port")]
    [InlineData("--port", "08", "--port '08' is not a port")]
    [InlineData("--label", "disk", "--label 'disk' is not key=value")]
    [InlineData("--label", "=ssd", "--label '=ssd' is not key=value")]
    [InlineData("--taint", "disk=slow", "--taint 'disk=slow' is not")]
    [InlineData("--taint", "disk=slow:Never", "--taint 'disk=slow:Never' is not")]
    [InlineData("--cpu", "many", "--cpu: ")]
    [InlineData("--memory", "much", "--memory: ")]
    [InlineData("--bandwidth", "fast", "--bandwidth: ")]
    [InlineData("--pods", "-1", "--pods -1: below zero")]
    [InlineData("--device", "gpu:T4", "--device 'gpu:T4' is not KIND:MODEL:COUNT")]
    [InlineData("--device", "gpu:T4:0", "--device 'gpu:T4:0' is not KIND:MODEL:COUNT")]
    [InlineData("--device", "tpu:v5:1", "--device 'tpu:v5:1' is not KIND:MODEL:COUNT")]
    [InlineData("--score-weight", "least-allocated", "--score-weight 'least-allocated' is not NAME=N")]
    [InlineData("--score-weight", "least-allocated=-1", "--score-weight 'least-allocated=-1' is not NAME=N")]
    [InlineData("--docker", "engine", "--docker 'engine' is neither none nor an address")]
    [InlineData("--podman", "ftp://x", "--podman 'ftp://x' is neither none nor an address")]
    [InlineData("--key", "short", "--key: ")]
    [InlineData("--key-file", "/no/such/file", "--key-file /no/such/file: ")]
    public void What_cannot_be_read_is_refused_by_its_name(string option, string value, string because) =>
        Assert.Contains(because, Refused(option, value), StringComparison.Ordinal);

    [Fact]
    public void What_contradicts_itself_is_refused()
    {
        Assert.Contains("not both", Refused("--key", Key, "--key-file", "x"), StringComparison.Ordinal);
        Assert.Contains("--label 'disk' is given twice", Refused("--label", "disk=a", "--label", "disk=b"), StringComparison.Ordinal);
        Assert.Contains("--score-weight 'spread' is given twice",
            Refused("--score-weight", "spread=1", "--score-weight", "spread=2"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("disk=slow:NoSchedule", "disk", "slow", TaintEffect.NoSchedule)]
    [InlineData("gone:NoExecute", "gone", "", TaintEffect.NoExecute)]
    [InlineData("a=b=c:PreferNoSchedule", "a", "b=c", TaintEffect.PreferNoSchedule)]
    public void A_taint_is_a_key_a_value_and_an_effect(string text, string key, string value, TaintEffect effect) =>
        Assert.Equal(new Taint(key, value, effect), Assert.Single(Node("--taint", text).Taints));

    [Fact]
    public void A_node_runs_processes_and_asks_a_Docker_Engine_only_where_one_is()
    {
        Assert.Equal("process none", Runtimes(Read("--docker", "none", "--process-isolation", "none")));
        Assert.Equal(File.Exists("/var/run/docker.sock"), Runtimes(Read()).StartsWith("docker ", StringComparison.Ordinal));
        var all = Runtimes(Read("--docker", "tcp://a:1", "--podman", "tcp://b:1"));
        Assert.StartsWith("docker , podman , process ", all, StringComparison.Ordinal);
    }

    /// <summary>What a node of this machine would get: each runtime's name and how it isolates, then what was noted.</summary>
    static string Runtimes(NodeHost.Settings settings)
    {
        var texts = new List<string>();
        var notes = new List<string>();
        foreach (var create in settings.Options.Runtimes)
        {
            var facts = new RuntimeFacts(
                Path.GetTempPath(), NodeId.Of("a"), NodeAddress.V4(0x7F000001, 1), [], note => notes.Add(note.Event));
            var runtime = create(facts);
            if (runtime is null) continue;
            texts.Add($"{runtime.Classes[0]} {runtime.NodeLabels[ProcessRuntime.IsolationLabel]}");
            runtime.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
        return string.Join(", ", [.. texts, .. notes]);
    }

    [Fact]
    public void The_file_of_the_key_is_hidden_from_pods()
    {
        var keyFile = Path.Combine(folder.FullName, "key");
        File.WriteAllText(keyFile, Key);
        Assert.Equal([keyFile], Node("--key-file", keyFile).HiddenFromPods);
    }

    [Fact]
    public void A_key_is_needed_beyond_loopback_and_follows_from_the_label_on_it()
    {
        Assert.Contains("gossip keygen", Refused("--bind", "10.0.0.1"), StringComparison.Ordinal);
        Assert.Contains("gossip keygen", Refused("--bind", "::"), StringComparison.Ordinal);
        Assert.Equal(Node("--cluster", "a").Keyring!.Reveal(), Node("--cluster", "a", "--bind", "::1").Keyring!.Reveal());
        Assert.NotEqual(Node("--cluster", "a").Keyring!.Reveal(), Node("--cluster", "b").Keyring!.Reveal());
        Assert.True(Keyring.TryParse(Key, out var ring, out _));
        Assert.Equal(ring.Reveal(), Node("--bind", "10.0.0.1", "--key", Key).Keyring!.Reveal());
    }
}
