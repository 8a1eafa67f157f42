using System.CommandLine;
using System.Text.Json;
using Gossip.Cli.Client;
using Spectre.Console;

namespace Gossip.Cli.Verbs;

/// <summary>Who is in the cluster, as one node sees it.</summary>
static class MembersVerb
{
    public static Command Create()
    {
        var server = ServerOption.Create();
        var json = ServerOption.Json();
        var command = new Command("members", """
            Who is in the cluster, as the asked node sees it.

            Examples:
              gossip members
              gossip members --server http://127.0.0.1:8081 --json
            """) { server, json };
        command.SetAction(async (parsed, cancel) =>
        {
            using var node = new NodeClient(parsed.GetValue(server)!);
            var members = await node.MembersAsync(cancel);
            if (parsed.GetValue(json)) Console.WriteLine(JsonSerializer.Serialize(members, NodeClient.Json));
            else AnsiConsole.Write(Table(members));
            return 0;
        });
        return command;
    }

    internal static Table Table(IReadOnlyList<MemberInfo> members)
    {
        var table = new Table().Border(TableBorder.None);
        foreach (var column in (string[])["NAME", "STATE", "ADDRESS", "INCARNATION", "PODS", "FREE CPU", "FREE MEMORY", "RUNTIMES"]) table.AddColumn(column);
        foreach (var member in members)
            table.AddRow(
                Markup.Escape(member.Name + (member.Self ? " *" : "")),
                member.State is "Alive" ? "[green]Alive[/]" : member.State is "Suspect" ? "[yellow]Suspect[/]" : $"[red]{Markup.Escape(member.State)}[/]",
                member.Address, member.Incarnation, member.Pods.ToString(System.Globalization.CultureInfo.InvariantCulture),
                $"{member.FreeMilliCpu}m", $"{member.FreeMemory >> 20}Mi", Markup.Escape(string.Join(',', member.Runtimes)));
        return table;
    }
}
