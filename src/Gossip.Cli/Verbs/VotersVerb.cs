using System.CommandLine;
using System.Text.Json.Nodes;
using Gossip.Cli.Client;
using Gossip.Cli.Display;

namespace Gossip.Cli.Verbs;

/// <summary>By whose majority singletons run.</summary>
static class VotersVerb
{
    const string Path = "gossip/v1/voters";

    public static Command Create()
    {
        // Recursive: of the same name before 'add' and after it, or what is given before would be the other verb's and go unread.
        var server = ServerOption.Create();
        var json = ServerOption.Json();
        server.Recursive = json.Recursive = true;
        var command = new Command("voters", """
            By whose majority pods with the annotation gossip.dev/singleton run. Name an odd number of nodes, once, while the
            cluster is whole; later the list changes by one name at a time, with the consent of most of those on it.

            Examples:
              gossip voters
              gossip voters add n1 n2 n3
              gossip voters remove n2
            """) { server, json };
        command.SetAction(async (parsed, cancel) =>
        {
            using var node = new NodeClient(parsed.GetValue(server)!);
            Print(await node.GetAsync(Path, cancel), parsed.GetValue(json));
            return 0;
        });
        command.Subcommands.Add(Change("add", server, json, "Adds nodes: as many as you like at first, then one at a time."));
        command.Subcommands.Add(Change("remove", server, json,
            "Removes a node. One that lost its disk is removed, and may be added anew."));
        return command;
    }

    static Command Change(string verb, Option<string> server, Option<bool> json, string says)
    {
        var names = new Argument<string[]>("node") { Arity = ArgumentArity.OneOrMore, Description = "Names of nodes" };
        var command = new Command(verb, says) { names };
        command.SetAction(async (parsed, cancel) =>
        {
            using var node = new NodeClient(parsed.GetValue(server)!);
            var body = new JsonObject { [verb] = new JsonArray([.. parsed.GetValue(names)!.Select(name => (JsonNode)name)]) };
            Print(await node.PostAsync(Path, body, cancel), parsed.GetValue(json));
            return 0;
        });
        return command;
    }

    static void Print(JsonNode answer, bool json)
    {
        if (json)
        {
            Output.Json(answer.ToJsonString(NodeClient.Json));
            return;
        }
        var names = answer.Texts("voters");
        Output.Line(names.Length == 0
            ? "no voters are named, and no singleton runs: gossip voters add NODE NODE NODE"
            : $"{string.Join(' ', names)} (version {answer["version"]}; {names.Length / 2 + 1} of {names.Length} grant a singleton)");
        if (names.Length > 0 && names.Length % 2 == 0)
            Output.Line($"an even number bears no more losses than {names.Length - 1} would: add or remove one");
    }
}
