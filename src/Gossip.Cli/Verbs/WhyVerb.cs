using System.CommandLine;
using System.Text.Json;
using Gossip.Cli.Client;

namespace Gossip.Cli.Verbs;

/// <summary>Why a pod is where it is, or why it is nowhere.</summary>
static class WhyVerb
{
    public static Command Create()
    {
        var pod = new Argument<string>("POD") { Description = "The pod's name" };
        var ns = new Option<string>("--namespace", "-n") { Description = "Its namespace", DefaultValueFactory = _ => "default" };
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
            if (parsed.GetValue(json)) Console.WriteLine(JsonSerializer.Serialize(why, NodeClient.Json));
            else foreach (var line in why.Lines) Console.WriteLine(line);
            return 0;
        });
        return command;
    }
}
