using System.CommandLine;
using System.Net;
using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Node;
using Gossip.Node.Transport;
using Gossip.Runtimes.Docker;
using Gossip.Runtimes.Processes;

namespace Gossip.Cli.Verbs;

/// <summary>The options of <c>gossip run</c>, and what they make of a node's <see cref="GossipOptions"/>.</summary>
sealed class RunOptions
{
    const int DefaultPort = 7373;
    const string DockerSocket = "/var/run/docker.sock";

    readonly Option<string?> name = new("--name") { Description = "The node's name, its own in the cluster; default: the machine's" };
    readonly Option<string> cluster = Text("--cluster", "The cluster's label", "gossip");
    readonly Option<string> bind = Text("--bind", "The IP address to gossip on", "127.0.0.1");
    readonly Option<int> port = PortOption.Create("The port to gossip on, UDP and TCP; 0 for any", DefaultPort, least: 0);
    readonly Option<string?> advertise = new("--advertise")
    {
        Description = "What others are told, ip or ip:port; default: the address bound",
    };
    readonly Option<string[]> join = new("--join") { Description = "host:port or [ipv6]:port of any node of the cluster; may be repeated" };
    readonly Option<string> api = Text("--api", "Where kubectl finds it, ip:port on loopback", "127.0.0.1:8080");
    readonly Option<string?> data = new("--data") { Description = "Where it remembers; default: a temporary folder, removed at the end" };
    readonly Option<bool> acceptLoss = new("--accept-loss")
    {
        Description = "Start on a damaged --data although no other node is known that has the rest; see 'gossip doctor'",
    };
    readonly Option<string?> key = new("--key") { Description = "The cluster's key (better: --key-file, or $GOSSIP_KEY)" };
    readonly Option<string?> keyFile = new("--key-file") { Description = "A file that holds the cluster's key, from 'gossip keygen'" };
    readonly Option<string> profile = Text("--profile", "lan, or local for nodes that share a machine", "lan");
    readonly Option<string[]> label = new("--label") { Description = "key=value; may be repeated" };
    readonly Option<string[]> taint = new("--taint") { Description = "key=value:NoSchedule; may be repeated" };
    readonly Option<string?> cpu = new("--cpu") { Description = "Cores that pods may take, as 4 or 500m; default: all" };
    readonly Option<string?> memory = new("--memory") { Description = "Memory that pods may take, as 8Gi; default: all" };
    readonly Option<string[]> device = new("--device")
    {
        Description = "KIND:MODEL:COUNT, as gpu:T4:2, that pods may have whole or in shares; may be repeated",
    };
    readonly Option<int?> pods = new("--pods") { Description = "How many pods it may run; default: 110" };
    readonly Option<string?> bandwidth = new("--bandwidth")
    {
        Description = "Bits a second that pods may take, as 1G; counted, not shaped; default: no limit",
    };
    readonly Option<string[]> weight = new("--score-weight")
    {
        Description = "NAME=N, 0 to 100: what a score counts when this node bids, as least-allocated=0 (off); may be repeated",
    };
    readonly Option<string> docker = Text("--docker",
        "Where a Docker Engine answers, or none; auto: /var/run/docker.sock if it is there", "auto");
    readonly Option<string> podman = Text("--podman",
        "Where Podman's Docker-compatible API answers, as unix:///run/podman/podman.sock, or none", "none");
    readonly Option<string> isolation = Text("--process-isolation",
        "How process pods are kept apart: namespaces (as root on Linux), none, or auto for what the machine can", "auto");

    public RunOptions()
    {
        profile.AcceptOnlyFromAmong("lan", "local");
        isolation.AcceptOnlyFromAmong("auto", "none", "namespaces");
    }

    public IEnumerable<Option> All =>
    [
        name, cluster, bind, port, advertise, join, api, data, acceptLoss, key, keyFile, profile,
        label, taint, cpu, memory, device, pods, bandwidth, weight,
        docker, podman, isolation,
    ];

    /// <exception cref="CliFailure">An option cannot be read; the message names it.</exception>
    public NodeHost.Settings Read(ParseResult parsed)
    {
        var options = new GossipOptions();
        if (parsed.GetValue(name) is { } given) options.Name = given;
        options.Cluster = parsed.GetValue(cluster)!;
        options.AcceptLoss = parsed.GetValue(acceptLoss);
        if (!AddressReader.TryReadIp(parsed.GetValue(bind)!, out var address, out var problem)) throw Wrong("--bind", problem);
        options.BindAddress = address.ToString();
        options.Port = parsed.GetValue(port);
        options.Advertise = parsed.GetValue(advertise);
        if (options.Advertise is { } told && !AddressReader.TryReadAdvertised(told, out _, out problem))
            throw Wrong("--advertise", problem);
        foreach (var seed in parsed.GetValue(join) ?? [])
            options.Seeds.Add(AddressReader.TryReadSeed(seed, out _, out problem) ? seed : throw Wrong("--join", problem));
        options.DataFolder = parsed.GetValue(data);
        options.Keyring = ClusterKey.Find(parsed.GetValue(key), parsed.GetValue(keyFile), address, options.Cluster);
        if (parsed.GetValue(keyFile) is { } file) options.HiddenFromPods.Add(file);
        options.Timings = parsed.GetValue(profile) == "local" ? NodeTimings.Local : NodeTimings.Lan;
        ReadScheduling(parsed, options);
        ReadRuntimes(parsed, options);
        return new NodeHost.Settings(ApiAddress(parsed.GetValue(api)!), options);
    }

    void ReadRuntimes(ParseResult parsed, GossipOptions options)
    {
        var engine = parsed.GetValue(docker) is "auto"
            ? (File.Exists(DockerSocket) ? new Uri($"unix://{DockerSocket}") : null)
            : RunTexts.Engine("--docker", parsed.GetValue(docker)!);
        if (engine is not null) options.Runtimes.Add(DockerRuntime.At(engine));
        if (RunTexts.Engine("--podman", parsed.GetValue(podman)!) is { } socket) options.Runtimes.Add(DockerRuntime.AtPodman(socket));
        options.Runtimes.Add(ProcessRuntime.OnThisMachine(Enum.Parse<ProcessIsolation>(parsed.GetValue(isolation)!, ignoreCase: true)));
    }

    void ReadScheduling(ParseResult parsed, GossipOptions options)
    {
        foreach (var text in parsed.GetValue(label) ?? [])
        {
            var (labelKey, value) = RunTexts.Label(text);
            if (!options.Labels.TryAdd(labelKey, value)) throw new CliFailure($"--label '{labelKey}' is given twice", 2);
        }
        foreach (var text in parsed.GetValue(taint) ?? []) options.Taints.Add(RunTexts.Taint(text));
        var weighed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var text in parsed.GetValue(weight) ?? [])
        {
            var (score, weighs) = RunTexts.Weight(text);
            if (!weighed.Add(score)) throw new CliFailure($"--score-weight '{score}' is given twice", 2);
            options.Scheduling.Weight(score, weighs);
        }
        options.Resources = RunTexts.Resources(
            options.Resources, parsed.GetValue(cpu), parsed.GetValue(memory), parsed.GetValue(pods), parsed.GetValue(bandwidth)) with
        {
            Devices = (parsed.GetValue(device) ?? []).Aggregate(Devices.None, (all, text) => all.With(RunTexts.Devices(text))),
        };
    }

    static IPEndPoint ApiAddress(string text)
    {
        if (!AddressReader.TryReadListen(text, out var at, out var problem)) throw Wrong("--api", problem);
        if (!at.Address.Equals(IPAddress.Loopback))
            throw new CliFailure($"--api {text}: the API has no TLS and no tokens yet, so it listens on 127.0.0.1 only; "
                + $"try 127.0.0.1:{at.Port}", 2);
        return at;
    }

    static CliFailure Wrong(string option, string problem) => new($"{option} {problem}", 2);

    static Option<string> Text(string name, string description, string otherwise) =>
        new(name) { Description = description, DefaultValueFactory = _ => otherwise };
}
