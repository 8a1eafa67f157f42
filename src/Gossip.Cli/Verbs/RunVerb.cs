using System.CommandLine;
using System.Globalization;
using System.Net;
using Gossip.Core;
using Gossip.Core.Model;
using Gossip.Runtimes.Processes;

namespace Gossip.Cli.Verbs;

/// <summary>A node, until it is stopped.</summary>
static class RunVerb
{
    const int DefaultPort = 7373;
    const string DockerSocket = "/var/run/docker.sock";

    public static Command Create()
    {
        var name = new Option<string?>("--name") { Description = "The node's name, its own in the cluster; default: the machine's" };
        var cluster = new Option<string>("--cluster") { Description = "The cluster's label", DefaultValueFactory = _ => "gossip" };
        var bind = new Option<string>("--bind") { Description = "The address to gossip on", DefaultValueFactory = _ => "127.0.0.1" };
        var port = new Option<int>("--port") { Description = "The port to gossip on, UDP and TCP; 0 for any", DefaultValueFactory = _ => DefaultPort };
        var advertise = new Option<string?>("--advertise") { Description = "What others are told, ip or ip:port; default: the address bound" };
        var join = new Option<string[]>("--join") { Description = "host:port of any node of the cluster; may be repeated" };
        var api = new Option<string>("--api") { Description = "Where kubectl finds it, ip:port on loopback", DefaultValueFactory = _ => "127.0.0.1:8080" };
        var data = new Option<string?>("--data") { Description = "Where it remembers; default: a temporary folder, removed at the end" };
        var key = new Option<string?>("--key") { Description = "The cluster's key (better: --key-file, or $GOSSIP_KEY)" };
        var keyFile = new Option<string?>("--key-file") { Description = "A file that holds the cluster's key, from 'gossip keygen'" };
        var profile = new Option<string>("--profile") { Description = "lan, or local for nodes that share a machine", DefaultValueFactory = _ => "lan" };
        profile.AcceptOnlyFromAmong("lan", "local");
        var label = new Option<string[]>("--label") { Description = "key=value; may be repeated" };
        var taint = new Option<string[]>("--taint") { Description = "key=value:NoSchedule; may be repeated" };
        var cpu = new Option<string?>("--cpu") { Description = "Cores that pods may take, as 4 or 500m; default: all" };
        var memory = new Option<string?>("--memory") { Description = "Memory that pods may take, as 8Gi; default: all" };
        var device = new Option<string[]>("--device") { Description = "KIND:MODEL:COUNT, as gpu:T4:2, that pods may have whole or in shares; may be repeated" };
        var pods = new Option<int?>("--pods") { Description = "How many pods it may run; default: 110" };
        var bandwidth = new Option<string?>("--bandwidth") { Description = "Bits a second that pods may take, as 1G; counted, not shaped; default: no limit" };
        var weight = new Option<string[]>("--score-weight") { Description = "NAME=N, 0 to 100: what a score counts when this node bids, as least-allocated=0 (off); may be repeated" };
        var docker = new Option<string>("--docker") { Description = "Where a Docker Engine answers, or none; auto: /var/run/docker.sock if it is there", DefaultValueFactory = _ => "auto" };
        var podman = new Option<string>("--podman") { Description = "Where Podman's Docker-compatible API answers, as unix:///run/podman/podman.sock, or none", DefaultValueFactory = _ => "none" };
        var isolation = new Option<string>("--process-isolation")
        {
            Description = "How process pods are kept apart: namespaces (as root on Linux), none, or auto for what the machine can", DefaultValueFactory = _ => "auto",
        };
        isolation.AcceptOnlyFromAmong("auto", "none", "namespaces");
        var command = new Command("run", """
            Runs a node until it is stopped. With --data, pods go on running while the node is away, and the next start adopts them.

            Examples:
              gossip run
              gossip run --name b --port 7374 --api 127.0.0.1:8081 --join 127.0.0.1:7373
              gossip run --bind 10.0.0.5 --key-file cluster.key --join 10.0.0.4:7373 --data /var/lib/gossip --label disk=ssd
            """) { name, cluster, bind, port, advertise, join, api, data, key, keyFile, profile, label, taint, cpu, memory, device, pods, bandwidth, weight, docker, podman, isolation };
        command.SetAction((parsed, cancel) =>
        {
            var address = Address(parsed.GetValue(bind)!);
            var settings = new NodeHost.Settings(ApiAddress(parsed.GetValue(api)!), options =>
            {
                if (parsed.GetValue(name) is { } given) options.Name = given;
                options.Cluster = parsed.GetValue(cluster)!;
                options.BindAddress = address;
                options.Port = parsed.GetValue(port);
                options.Advertise = parsed.GetValue(advertise);
                foreach (var seed in parsed.GetValue(join) ?? []) options.Seeds.Add(seed);
                options.DataFolder = parsed.GetValue(data);
                options.Keyring = ClusterKey.Find(parsed.GetValue(key), parsed.GetValue(keyFile), address, options.Cluster);
                if (parsed.GetValue(keyFile) is { } file) options.HiddenFromPods.Add(file);
                options.Timings = parsed.GetValue(profile) == "local" ? NodeTimings.Local : NodeTimings.Lan;
                foreach (var text in parsed.GetValue(label) ?? [])
                {
                    var (labelKey, value) = LabelOf(text);
                    options.Labels[labelKey] = value;
                }
                foreach (var text in parsed.GetValue(taint) ?? []) options.Taints.Add(TaintOf(text));
                foreach (var text in parsed.GetValue(weight) ?? [])
                {
                    var (score, weighs) = WeightOf(text);
                    options.Scheduling.Weight(score, weighs);
                }
                options.Docker = parsed.GetValue(docker) is "auto" ? (File.Exists(DockerSocket) ? new Uri($"unix://{DockerSocket}") : null) : Engine("--docker", parsed.GetValue(docker)!);
                options.Podman = Engine("--podman", parsed.GetValue(podman)!);
                options.ProcessIsolation = Enum.Parse<ProcessIsolation>(parsed.GetValue(isolation)!, ignoreCase: true);
                options.Resources = Resources(options.Resources, parsed.GetValue(cpu), parsed.GetValue(memory), parsed.GetValue(pods), parsed.GetValue(bandwidth)) with
                {
                    Devices = (parsed.GetValue(device) ?? []).Aggregate(Devices.None, (all, text) => all.With(DevicesOf(text))),
                };
            });
            return NodeHost.RunAsync(settings, cancel);
        });
        return command;
    }

    static Uri? Engine(string option, string text) => text == "none" ? null
        : Uri.TryCreate(text, UriKind.Absolute, out var endpoint) && endpoint.Scheme is "unix" or "tcp" or "http" or "https" ? endpoint
        : throw new CliFailure($"{option} '{text}' is neither none nor an address such as unix:///var/run/docker.sock", 2);

    static IPAddress Address(string text) => IPAddress.TryParse(text, out var address)
        ? address : throw new CliFailure($"--bind '{text}' is no IP address", 2);

    static IPEndPoint ApiAddress(string text)
    {
        if (!IPEndPoint.TryParse(text, out var at)) throw new CliFailure($"--api '{text}' is not ip:port", 2);
        if (!at.Address.Equals(IPAddress.Loopback))
            throw new CliFailure($"--api {text}: the API has no TLS and no tokens yet, so it listens on 127.0.0.1 only; try 127.0.0.1:{at.Port}", 2);
        return at;
    }

    static (string Key, string Value) LabelOf(string text) =>
        text.IndexOf('=') is > 0 and var at ? (text[..at], text[(at + 1)..]) : throw new CliFailure($"--label '{text}' is not key=value", 2);

    static Taint TaintOf(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || TaintReader.ReadEffect(text[(colon + 1)..]) is not { } effect)
            throw new CliFailure($"--taint '{text}' is not key=value:NoSchedule, :PreferNoSchedule or :NoExecute", 2);
        var (key, value) = text.IndexOf('=') is > 0 and var at && at < colon ? (text[..at], text[(at + 1)..colon]) : (text[..colon], "");
        return new Taint(key, value, effect);
    }

    static (string Score, int Weight) WeightOf(string text) =>
        text.LastIndexOf('=') is > 0 and var at && int.TryParse(text.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var weighs)
            ? (text[..at], weighs) : throw new CliFailure($"--score-weight '{text}' is not NAME=N with a whole number", 2);

    static Devices DevicesOf(string text)
    {
        var parts = text.Split(':');
        return parts.Length == 3 && Devices.Kinds.Contains(parts[0]) && parts[1].Length > 0
            && int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is > 0 and <= Devices.InGroupMost
            ? Devices.WholeOnes(parts[0], parts[1], count)
            : throw new CliFailure($"--device '{text}' is not KIND:MODEL:COUNT with a kind of {string.Join(", ", Devices.Kinds)} and 1 to {Devices.InGroupMost} of them", 2);
    }

    static Resources Resources(Resources machine, string? cpu, string? memory, int? pods, string? bandwidth)
    {
        var problem = "";
        if (cpu is not null) machine = machine with { Cpu = new MilliCpu(Quantity.TryReadMilli(cpu, out var milli, out problem) ? milli : throw new CliFailure($"--cpu: {problem}", 2)) };
        if (memory is not null) machine = machine with { Memory = new Bytes(Quantity.TryReadWhole(memory, out var bytes, out problem) ? bytes : throw new CliFailure($"--memory: {problem}", 2)) };
        if (bandwidth is not null) machine = machine with { Extended = [new ExtendedResource(Gossip.Core.Model.Resources.Bandwidth, Quantity.TryReadWhole(bandwidth, out var bits, out problem) ? bits : throw new CliFailure($"--bandwidth: {problem}; in bits a second 1G or 500M", 2))] };
        return pods is null ? machine : pods >= 0 ? machine with { Pods = pods.Value } : throw new CliFailure($"--pods {pods}: below zero", 2);
    }
}
