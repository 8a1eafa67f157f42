using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Gossip.Cli.Client;
using Gossip.Cli.Display;

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
            if (parsed.GetValue(json)) Output.Json(JsonSerializer.Serialize(members, NodeClient.Json));
            else Screen.Draw(Table(members).Draw());
            return 0;
        });
        return command;
    }

    internal static TextTable Table(IReadOnlyList<MemberInfo> members)
    {
        var table = new TextTable("NAME", "STATE", "ADDRESS", "INCARNATION", "PODS", "FREE CPU", "FREE MEMORY", "RUNTIMES", "CONDITIONS");
        foreach (var member in members)
            table.Add(
                member.Name + (member.Self ? " *" : ""),
                new Cell(member.State, member.State switch { "Alive" => Tone.Good, "Suspect" => Tone.Waiting, _ => Tone.Bad }),
                member.Address, member.Incarnation, member.Pods.ToString(CultureInfo.InvariantCulture),
                $"{member.FreeMilliCpu}m", $"{member.FreeMemory >> 20}Mi", string.Join(',', member.Runtimes),
                new Cell(string.Join("; ", member.Conditions), Tone.Bad));
        return table;
    }
}
