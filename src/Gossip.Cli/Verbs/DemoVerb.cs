using System.CommandLine;
using System.Text.Json;
using Gossip.Cli.Client;
using Gossip.Cli.Demo;
using Gossip.Cli.Display;

namespace Gossip.Cli.Verbs;

/// <summary>A cluster on this machine, from nothing to healed, in a minute.</summary>
static class DemoVerb
{
    const int Size = 5;
    const int SsdNode = 2; // the third: it survives, the first and the last do not

    public static Command Create()
    {
        var port = PortOption.Create(
            "First of five consecutive gossip ports; 0 picks free ones", 0, least: 0, most: ushort.MaxValue - Size + 1);
        var json = ServerOption.Json();
        var command = new Command("demo", """
            Five node processes on loopback, real web servers on them, two machines lost, everything back: about half a
            minute. Ends every process that it starts and leaves no file behind, also on Ctrl-C. Exit 0 when every step held.

            Examples:
              gossip demo
              gossip demo --json
            """) { port, json };
        command.SetAction(async (parsed, cancel) =>
        {
            var machine = parsed.GetValue(json);
            var screen = new DemoScreen(quiet: machine);
            DemoReport report;
            await using (var cluster = await DemoCluster.StartAsync(Size, parsed.GetValue(port), SsdNode))
                report = await screen.DuringAsync(() => new DemoScript(cluster, screen, cancel).RunAsync());
            screen.Report(report);
            if (machine) Output.Json(JsonSerializer.Serialize(report, NodeClient.Json));
            return report.Held ? 0 : 1;
        });
        return command;
    }
}
