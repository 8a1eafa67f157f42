using System.CommandLine;
using Gossip.Cli.Client;

namespace Gossip.Cli.Verbs;

/// <summary>Joins a container's own console.</summary>
static class AttachVerb
{
    public static Command Create()
    {
        var pod = PodOptions.Pod();
        var ns = PodOptions.Namespace();
        var container = PodOptions.Container();
        var stdin = PodOptions.Stdin();
        var tty = PodOptions.Terminal();
        var server = ServerOption.Create();
        var command = new Command("attach", """
            Joins what a running container itself reads and says, until it ends or ctrl-c. What is typed arrives only if the
            container was declared with stdin: true.

            Examples:
              gossip attach web-1234abcd-0
              gossip attach -it shell -c main
            """) { pod, ns, container, stdin, tty, server };
        command.SetAction(async (parsed, cancel) =>
        {
            var console = ConsoleSession.For(parsed.GetValue(stdin), parsed.GetValue(tty));
            using var node = new NodeClient(parsed.GetValue(server)!);
            return await console.RunAsync(node, PodOptions.Path(parsed.GetValue(ns)!, parsed.GetValue(pod)!, "attach",
                [("container", parsed.GetValue(container)), .. console.Query]), cancel);
        });
        return command;
    }
}
