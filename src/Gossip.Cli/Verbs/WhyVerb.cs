using System.CommandLine;
using System.Text.Json;
using Gossip.Cli.Client;
using Gossip.Cli.Display;

namespace Gossip.Cli.Verbs;

/// <summary>Why a pod is where it is, or why it is nowhere.</summary>
static class WhyVerb
{
    public static Command Create()
    {
        var pod = PodOptions.Pod();
        var ns = PodOptions.Namespace();
        var server = ServerOption.Create();
        var json = ServerOption.Json();
        var command = new Command("why", """
            Why a pod is where it is: who bid what, and why this one won; or why nobody took it. Any node can tell.

            Examples:
              gossip why hello-1234abcd-0
              gossip why redis -n shop --json
            """) { pod, ns, server, json };
        command.SetAction(async (parsed, cancel) =>
        {
            using var node = new NodeClient(parsed.GetValue(server)!);
            var why = await node.WhyAsync(parsed.GetValue(ns)!, parsed.GetValue(pod)!, cancel);
            if (parsed.GetValue(json)) Output.Json(JsonSerializer.Serialize(why, NodeClient.Json));
            else foreach (var line in why.Lines) Output.Line(line);
            return 0;
        });
        return command;
    }
}
