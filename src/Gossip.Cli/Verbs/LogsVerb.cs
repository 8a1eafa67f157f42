using System.CommandLine;
using System.Globalization;
using Gossip.Cli.Client;
using Gossip.Core.Primitives;

namespace Gossip.Cli.Verbs;

/// <summary>What a container says.</summary>
static class LogsVerb
{
    public static Command Create()
    {
        var pod = PodOptions.Pod();
        var ns = PodOptions.Namespace();
        var container = PodOptions.Container();
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on with what is yet to come, until the container ends" };
        var tail = new Option<int?>("--tail") { Description = "Only the last so many lines" };
        var since = new Option<string?>("--since") { Description = "Only the last while, such as 30s, 5m or 1.5h" };
        var previous = new Option<bool>("--previous", "-p") { Description = "Of the run before the present one" };
        var timestamps = new Option<bool>("--timestamps") { Description = "Each line behind its time" };
        var server = ServerOption.Create();
        var command = new Command("logs", """
            What a container says, wherever in the cluster it runs; any node can tell.

            Examples:
              gossip logs redis
              gossip logs -f --tail 20 web-1234abcd-0 -c main
              gossip logs --previous --since 10m --timestamps redis
            """) { pod, ns, container, follow, tail, since, previous, timestamps, server };
        command.SetAction(async (parsed, cancel) =>
        {
            using var node = new NodeClient(parsed.GetValue(server)!);
            if (parsed.GetValue(tail) < 0) throw new CliFailure($"--tail {parsed.GetValue(tail)}: below zero", 2);
            await using var log = await node.StreamAsync(PodOptions.Path(parsed.GetValue(ns)!, parsed.GetValue(pod)!, "log",
                ("container", parsed.GetValue(container)),
                ("follow", PodOptions.If(parsed.GetValue(follow))),
                ("tailLines", parsed.GetValue(tail)?.ToString(CultureInfo.InvariantCulture)),
                ("sinceSeconds", parsed.GetValue(since) is { } text ? Seconds(text) : null),
                ("previous", PodOptions.If(parsed.GetValue(previous))),
                ("timestamps", PodOptions.If(parsed.GetValue(timestamps)))), cancel);
            await NodeClient.CarryAsync(log, StandardStream.Output, cancel);
            return 0;
        });
        return command;
    }

    /// <summary>Whole ones, rounded up.</summary>
    static string Seconds(string text) => Duration.TryRead(text, out var time) && time >= TimeSpan.Zero
        ? ((long)Math.Ceiling(time.TotalSeconds)).ToString(CultureInfo.InvariantCulture)
        : throw new CliFailure($"--since '{text}' is no duration such as 30s, 5m or 1.5h", 2);
}
