using System.CommandLine;
using Gossip.Cli.Client;

namespace Gossip.Cli.Verbs;

/// <summary>Runs a command in a container.</summary>
static class ExecVerb
{
    public static Command Create()
    {
        var pod = PodOptions.Pod();
        var words = new Argument<string[]>("COMMAND") { Description = "The command, after --", Arity = ArgumentArity.OneOrMore };
        var ns = PodOptions.Namespace();
        var container = PodOptions.Container();
        var stdin = PodOptions.Stdin();
        var tty = PodOptions.Terminal();
        var server = ServerOption.Create();
        var command = new Command("exec", """
            Runs a command in a running container, wherever in the cluster it is; ends with the command's exit code.

            Examples:
              gossip exec redis -- redis-cli ping
              gossip exec -it web-1234abcd-0 -c main -- sh
              echo hello | gossip exec -i redis -- tee /tmp/greeting
            """) { pod, words, ns, container, stdin, tty, server };
        command.SetAction(async (parsed, cancel) =>
        {
            var console = ConsoleSession.For(parsed.GetValue(stdin), parsed.GetValue(tty));
            using var node = new NodeClient(parsed.GetValue(server)!);
            return await console.RunAsync(node, PodOptions.Path(parsed.GetValue(ns)!, parsed.GetValue(pod)!, "exec",
                [
                    .. parsed.GetValue(words)!.Select(word => ("command", (string?)word)),
                ("container", parsed.GetValue(container)),
                .. console.Query,
                ]), cancel);
        });
        return command;
    }
}
