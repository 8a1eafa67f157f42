using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Gossip.Cli.Client;
using Gossip.Cli.Display;

namespace Gossip.Cli.Verbs;

/// <summary>What a cluster is wanted to run, in a file that <c>apply</c> takes.</summary>
static class BackupVerb
{
    public static Command Create()
    {
        var to = new Option<string>("--to") { Description = "The file to write; it must not be there yet", Required = true };
        var server = ServerOption.Create();
        var json = ServerOption.Json();
        var command = new Command("backup", """
            Writes all that somebody wanted of the cluster into a file that only you can read. 'gossip apply -f FILE' brings it back, there
            or in another cluster. Secrets are in it in plain. What the cluster derives (pods of workloads, status) is not, nor are nodes.

            Examples:
              gossip backup --to cluster.json
              gossip apply --dry-run -f cluster.json
              gossip apply -f cluster.json --server http://127.0.0.1:8081
            """) { to, server, json };
        command.SetAction(async (parsed, cancel) =>
        {
            using var node = new NodeClient(parsed.GetValue(server)!);
            var path = parsed.GetValue(to)!;
            if (File.Exists(path)) throw Taken(path); // before the work; the write looks again
            var backup = await ClusterBackup.OfAsync(node, cancel);
            Write(path, backup.ToList());
            var kinds = backup.Kinds;
            if (parsed.GetValue(json))
            {
                var counts = new JsonObject(kinds.Select(kind => KeyValuePair.Create(kind.Kind, (JsonNode?)kind.Count)));
                Output.Json(new JsonObject { ["file"] = path, ["objects"] = counts }.ToJsonString(NodeClient.Json));
                return 0;
            }
            foreach (var (kind, count) in kinds) Output.Line($"{count,6}  {kind}");
            Output.Line($"{backup.Documents.Count,6}  in {path}");
            if (kinds.Any(kind => kind.Kind == "Secret")) Output.Note("Secrets are in it in plain: keep the file as you keep them");
            return 0;
        });
        return command;
    }

    static void Write(string path, JsonObject list)
    {
        try
        {
            using var file = OwnerOnly.Open(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
            file.Write(Encoding.UTF8.GetBytes(list.ToJsonString(NodeClient.Json) + "\n"));
        }
        catch (IOException) when (File.Exists(path) || new FileInfo(path).LinkTarget is not null)
        {
            throw Taken(path);
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
        {
            throw new CliFailure($"--to {path}: {unwritable.Message}");
        }
    }

    static CliFailure Taken(string path) => new($"--to {path}: there is such a file; name another", 2);
}
