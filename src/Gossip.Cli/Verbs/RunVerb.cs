using System.CommandLine;

namespace Gossip.Cli.Verbs;

/// <summary>A node, until it is stopped.</summary>
static class RunVerb
{
    public static Command Create()
    {
        var options = new RunOptions();
        var command = new Command("run", """
            Runs a node until it is stopped. With --data, pods go on running while the node is away, and the next start adopts them.

            Examples:
              gossip run
              gossip run --name b --port 7374 --api 127.0.0.1:8081 --join 127.0.0.1:7373
              gossip run --bind 10.0.0.5 --key-file cluster.key --join 10.0.0.4:7373 --data /var/lib/gossip --label disk=ssd
              gossip run --bind fd00::5 --key-file cluster.key --join [fd00::4]:7373
            """);
        foreach (var option in options.All) command.Options.Add(option);
        command.SetAction((parsed, cancel) => NodeHost.RunAsync(options.Read(parsed), cancel));
        return command;
    }
}
