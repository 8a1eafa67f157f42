using System.CommandLine;
using Gossip.Cli.Client;
using Gossip.Cli.Display;

namespace Gossip.Cli.Verbs;

/// <summary>Lets a node have pods again.</summary>
static class UncordonVerb
{
    public static Command Create()
    {
        var node = new Argument<string>("NODE") { Description = "The node's name" };
        var server = ServerOption.Create();
        var command = new Command("uncordon", """
            Lets a node have pods again, after 'gossip drain' or 'kubectl cordon'. What was moved away stays where it is.

            Examples:
              gossip uncordon node-3
            """) { node, server };
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = new NodeClient(parsed.GetValue(server)!);
            await NodeDrain.CordonAsync(client, parsed.GetValue(node)!, on: false, cancel);
            Output.Line($"node/{parsed.GetValue(node)} uncordoned");
            return 0;
        });
        return command;
    }
}
