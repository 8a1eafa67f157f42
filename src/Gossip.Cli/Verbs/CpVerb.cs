using System.CommandLine;
using Gossip.Cli.Client;
using Gossip.Cli.Display;

namespace Gossip.Cli.Verbs;

/// <summary>Copies files out of a container.</summary>
static class CpVerb
{
    public static Command Create()
    {
        var source = new Argument<string>("POD:PATH") { Description = "A file or folder of a container" };
        var target = new Argument<string>("FOLDER") { Description = "Where to put it; made when it is not there" };
        var ns = PodOptions.Namespace();
        var container = PodOptions.Container();
        var server = ServerOption.Create();
        var command = new Command("cp", """
            Copies a file or folder out of a container, wherever in the cluster it runs. The container needs no tar. Links are
            left out. To copy into one: kubectl cp, or gossip exec -i.

            Examples:
              gossip cp redis:/data/dump.rdb .
              gossip cp web-1234abcd-0:/var/log logs -c main
            """) { source, target, ns, container, server };
        command.SetAction(async (parsed, cancel) =>
        {
            if (parsed.GetValue(source)!.Split(':', 2) is not [{ Length: > 0 } pod, { Length: > 0 } path])
                throw new CliFailure($"'{parsed.GetValue(source)}' is not POD:PATH", 2);
            using var node = new NodeClient(parsed.GetValue(server)!);
            var from = $"gossip/v1/pods/{Uri.EscapeDataString(parsed.GetValue(ns)!)}/{Uri.EscapeDataString(pod)}/copy";
            var query = PodOptions.Query(("path", path), ("container", parsed.GetValue(container)));
            await using var tar = await node.StreamAsync($"{from}?{query}", cancel);
            var copied = await Unpacking.UnpackAsync(tar, parsed.GetValue(target)!, Output.Note, cancel);
            Output.Line($"{copied} {(copied == 1 ? "file" : "files")} copied to {parsed.GetValue(target)}");
            return 0;
        });
        return command;
    }
}
