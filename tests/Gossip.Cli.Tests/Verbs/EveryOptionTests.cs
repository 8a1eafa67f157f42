using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Gossip.Node.Store;

namespace Gossip.Cli.Tests.Verbs;

/// <summary>
/// Every option of every verb does something: a run with it is not the run without it, in what is asked of the node, what is written, or
/// the exit code. An option that is declared and never read fails here, and so does one that has no case here.
/// </summary>
public sealed partial class EveryOptionTests(EveryOptionTests.TwoNodes nodes) : IClassFixture<EveryOptionTests.TwoNodes>, IDisposable
{
    /// <summary>The node that the environment names, and one that an option may name.</summary>
    public sealed class TwoNodes : IAsyncLifetime
    {
        internal FakeNode First { get; private set; } = null!;
        internal FakeNode Second { get; private set; } = null!;

        public async ValueTask InitializeAsync() => (First, Second) = (await FakeNode.StartAsync(Tell), await FakeNode.StartAsync(Tell));

        public async ValueTask DisposeAsync()
        {
            await First.DisposeAsync();
            await Second.DisposeAsync();
        }
    }

    /// <param name="Verb">With its sub-command.</param>
    /// <param name="Option">Its first name.</param>
    /// <param name="Base">What the run has without the option.</param>
    /// <param name="Value">What the option is given; nothing for a flag.</param>
    public sealed record Case(string Verb, string Option, string[] Base, params string[] Value)
    {
        public override string ToString() => $"{Verb} {Option}";
    }

    /// <summary>Of verbs that talk to a node, with the arguments that they need.</summary>
    static readonly (string Verb, string[] Arguments, string[] Plain)[] Clients =
    [
        ("apply", ["-f", "{manifest}"], ["--server", "--json", "--dry-run"]),
        ("plan", ["-f", "{manifest}"], ["--server", "--json"]),
        ("members", [], ["--server", "--json"]),
        ("voters", [], ["--server", "--json"]),
        ("voters add", ["n1"], ["--server", "--json"]),
        ("voters remove", ["n1"], ["--server", "--json"]),
        ("why", ["pod"], ["--server", "--json"]),
        ("logs", ["pod"], ["--server", "--follow", "--previous", "--timestamps"]),
        ("exec", ["pod", "--", "ls"], ["--server", "--stdin", "--tty"]),
        ("attach", ["pod"], ["--server", "--stdin", "--tty"]),
        ("cp", ["pod:/file", "{folder}"], ["--server"]),
        ("top", [], ["--server", "--json", "--all-namespaces"]),
        ("drain", ["node"], ["--server", "--json"]),
        ("uncordon", ["node"], ["--server"]),
    ];

    static readonly string[] Small = ["--nodes", "3", "--pods", "2", "--seeds", "1"];

    static readonly Case[] Others =
    [
        new("apply", "--filename", ["-f", "{manifest}"], "{other}"), new("plan", "--filename", ["-f", "{manifest}"], "{other}"),
        new("apply", "--namespace", ["-f", "{manifest}"], "shop"), new("plan", "--namespace", ["-f", "{manifest}"], "shop"),
        new("why", "--namespace", ["pod"], "shop"), new("top", "--namespace", [], "shop"),
        new("cp", "--namespace", ["pod:/file", "{folder}"], "shop"),
        new("logs", "--namespace", ["pod"], "shop"), new("exec", "--namespace", ["pod", "--", "ls"], "shop"),
        new("attach", "--namespace", ["pod"], "shop"),
        new("logs", "--container", ["pod"], "main"), new("exec", "--container", ["pod", "--", "ls"], "main"),
        new("attach", "--container", ["pod"], "main"),
        new("cp", "--container", ["pod:/file", "{folder}"], "main"),
        new("logs", "--tail", ["pod"], "5"), new("logs", "--since", ["pod"], "5m"),
        new("drain", "--timeout", ["node"], "soon"), // refused: how long it waits is NodeDrain's own test
        new("sim", "--nodes", Small, "4"), new("sim", "--pods", Small, "3"), new("sim", "--seeds", Small, "2"),
        new("sim", "--seed", ["--nodes", "3", "--pods", "2"], "5"),
        new("sim", "--any-rules", Small), new("sim", "--json", Small),
        new("sim", "--rotten-disks", Small),
        new("doctor", "--data", ["--data", "{data}"], "{folder}"), new("doctor", "--json", ["--data", "{data}"]),
        new("backup", "--to", ["--to", "{new}"], "{manifest}"), new("backup", "--json", ["--to", "{new}"]),
        new("backup", "--server", ["--to", "{new}"], "{second}"),
        new("hello", "--port", ["--port", "{taken}"], "70000"),
    ];

    /// <summary>Of verbs that start nodes of their own; the end-to-end tests named run them.</summary>
    static readonly (string Verb, string Option, string Test)[] Elsewhere =
    [
        ("demo", "--port", "DemoTests.A_port_in_use_is_told_in_words"),
        ("demo", "--json", "DemoTests.The_demo_holds_every_step_and_leaves_nothing"),
    ];

    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("gossip-options-");
    readonly TcpListener taken = new(IPAddress.Loopback, 0);

    public void Dispose()
    {
        taken.Dispose();
        folder.Delete(recursive: true);
    }

    static IEnumerable<Case> All => Clients.SelectMany(verb => verb.Plain.Select(option => option == "--server"
        ? new Case(verb.Verb, option, verb.Arguments, "{second}")
        : new Case(verb.Verb, option, verb.Arguments))).Concat(Others);

    public static IEnumerable<TheoryDataRow<string>> Cases => All.Select(each => new TheoryDataRow<string>(each.ToString()));

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task An_option_arrives(string name)
    {
        var (verb, option, arguments, value) = All.Single(each => each.ToString() == name);
        var words = verb.Split(' ');
        var without = await RunAsync([.. words, .. arguments]);
        Assert.Equal(without, await RunAsync([.. words, .. arguments])); // else the next line would hold whatever the option does

        string[] given = [option, .. value];
        Assert.NotEqual(without, await RunAsync([.. words, .. given, .. Without(arguments, option)]));
        if (words.Length == 1) return;
        Assert.NotEqual(without, await RunAsync([words[0], .. given, .. words[1..], .. arguments])); // before the sub-command, too
    }

    [Fact]
    public void Every_option_has_a_case()
    {
        var covered = All.Select(each => each.ToString()).Concat(Elsewhere.Select(each => $"{each.Verb} {each.Option}"));
        var declared = Commands(CommandLine.Root()).Where(command => command.Name != "run").SelectMany(command => OptionsOf(command)
            .Select(option => $"{NameOf(command)} {option.Name}")).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(declared, covered.Order(StringComparer.Ordinal));
    }

    /// <summary>What is given before a sub-command belongs to the command above, whose action does not run.</summary>
    [Fact]
    public void What_a_command_with_sub_commands_takes_they_take_too()
    {
        foreach (var command in Commands(CommandLine.Root()).Where(command => command.Subcommands.Count > 0))
            Assert.All(Own(command), option =>
                Assert.True(option.Recursive, $"{NameOf(command)} {option.Name} would go unread before a sub-command"));
    }

    static IEnumerable<Command> Commands(Command from) => from.Subcommands.SelectMany(command => Commands(command).Prepend(command));

    static IEnumerable<Option> OptionsOf(Command command) =>
        Own(command).Concat(command.Parents.OfType<Command>().Where(parent => parent is not RootCommand)
            .SelectMany(Own).Where(option => option.Recursive));

    static IEnumerable<Option> Own(Command command) => command.Options.Where(option => option.Name is not ("--help" or "--version"));

    static string NameOf(Command command) => command.Parents.OfType<Command>().FirstOrDefault() is { } parent and not RootCommand
        ? $"{NameOf(parent)} {command.Name}"
        : command.Name;

    /// <summary>Without the value that the base gives the same option, which takes one only.</summary>
    static string[] Without(string[] arguments, string option) =>
        Array.IndexOf(arguments, option) is >= 0 and var at ? [.. arguments[..at], .. arguments[(at + 2)..]] : arguments;

    /// <summary>The whole run as text: which node was asked what, what was written, and how it ended.</summary>
    async Task<string> RunAsync(params string[] args)
    {
        var (first, second) = (nodes.First, nodes.Second);
        first.Forget();
        second.Forget();
        taken.Start();
        var run = await VerbRun.RunAsync(first.Url, [.. args.Select(Fill)]);
        var text = $"first: {string.Join(' ', first.Asked)}\nsecond: {string.Join(' ', second.Asked)}\n{run}";
        return Speed().Replace(text, "");

        string Fill(string word) => word switch
        {
            "{manifest}" => Manifest("one"),
            "{other}" => Manifest("two"),
            "{folder}" => folder.FullName,
            "{data}" => DataFolder(),
            "{new}" => NewFile(),
            "{second}" => second.Url,
            "{taken}" => ((IPEndPoint)taken.LocalEndpoint).Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
            _ => word,
        };
    }

    string NewFile()
    {
        var path = Path.Combine(folder.FullName, "new.json");
        File.Delete(path);
        return path;
    }

    string DataFolder()
    {
        var path = Path.Combine(folder.FullName, "data");
        using var store = new FileStore(path, "n1");
        store.Open();
        return path;
    }

    [GeneratedRegex("events a second .*|\"events(PerSecond|PerCoreSecond)\":[0-9]+")]
    private static partial Regex Speed();

    string Manifest(string name)
    {
        var path = Path.Combine(folder.FullName, $"{name}.yaml");
        File.WriteAllText(path, $"apiVersion: v1\nkind: ConfigMap\nmetadata: {{ name: {name} }}\n");
        return path;
    }

    static Answer Tell(Asked asked) => asked.Path.Split('?')[0] switch
    {
        "/gossip/v1/members" => new("""
            {"members": [{"name": "n1", "state": "Alive", "address": "[::1]:7373", "incarnation": "1.0", "apiUrl": "", "self": true,
              "pods": 1, "freeMilliCpu": 1, "freeMemory": 1, "runtimes": ["process"]}]}
            """),
        "/apis" => new("""{"groups": []}"""),
        "/api/v1" => new("""
            {"resources": [{"name": "configmaps", "kind": "ConfigMap", "verbs": ["create"]},
              {"name": "nodes", "kind": "Node", "verbs": ["create"]}]}
            """),
        "/api/v1/configmaps" => new("""{"items": [{"metadata": {"name": "one", "creationTimestamp": "2026-12-01T02:49:28Z"}}]}"""),
        "/gossip/v1/voters" => new("""{"voters": ["n1"], "version": 1}"""),
        "/gossip/v1/plan" => new("""
            {"faults": [], "warnings": [], "steps": [], "placement": {"workloads": [], "evictions": 0, "fits": true}}
            """),
        "/gossip/v1/nodes/node/pods" => new("""{"state": "Alive", "pods": []}"""),
        var path when path.StartsWith("/gossip/v1/why/", StringComparison.Ordinal) => new("""
            {"pod": "pod", "owner": "", "phase": "Running", "placed": true, "node": "n1", "headline": "", "answers": [], "remarks": [],
              "lines": ["here"]}
            """),
        var path when path.EndsWith("/log", StringComparison.Ordinal) => new(""),
        var path when path.EndsWith("/copy", StringComparison.Ordinal) => new(EmptyTar),
        var path when path.StartsWith("/apis/metrics.k8s.io/", StringComparison.Ordinal) => new("""
            {"items": [{"metadata": {"namespace": "default", "name": "pod"},
              "containers": [{"usage": {"cpu": "5000000n", "memory": "1Ki"}}]}]}
            """),
        _ => new("{}"),
    };

    static readonly string EmptyTar = Encoding.ASCII.GetString(new byte[1024]);
}
