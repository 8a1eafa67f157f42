using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Gossip.Cli.Client;
using Gossip.Cli.Display;
using Gossip.Node.Store;

namespace Gossip.Cli.Verbs;

/// <summary>What a data folder holds, and what a node would do on it.</summary>
static class DoctorVerb
{
    /// <summary>The exit code for a folder of which something is missing or damaged.</summary>
    const int Damaged = 1;

    public static Command Create()
    {
        var data = new Option<string>("--data") { Description = "The data folder of a node that does not run", Required = true };
        var json = ServerOption.Json();
        var command = new Command("doctor", """
            Checks a data folder: its records, their checksums, and whether its files belong together. Changes nothing.
            Ends with 0 when the folder is whole, 1 when something of it is damaged or missing, 2 when it is no data folder.

            Examples:
              gossip doctor --data /var/lib/gossip
              gossip doctor --data /var/lib/gossip --json
            """) { data, json };
        command.SetAction(parsed =>
        {
            var check = Look(parsed.GetValue(data)!);
            if (parsed.GetValue(json)) Output.Json(ToJson(check).ToJsonString(NodeClient.Json));
            else foreach (var line in Lines(check)) Output.Line(line);
            return check.Damage.Length > 0 ? Damaged : 0;
        });
        return command;
    }

    static FolderCheck Look(string folder)
    {
        try
        {
            return FolderCheck.Of(folder);
        }
        catch (StoreFault unusable)
        {
            throw new CliFailure(unusable.Message, 2);
        }
    }

    static IEnumerable<string> Lines(FolderCheck check)
    {
        yield return $"folder      {check.Folder}";
        yield return $"node        {check.Node ?? "unknown: the folder's card cannot be read"}";
        yield return $"log         {Bytes(check.LogBytes)}, {Number(check.LogRecords)} records"
            + (check.TornBytes > 0 ? $"; a torn end of {Bytes(check.TornBytes)}, never acknowledged, will be cut" : "");
        yield return "snapshot    "
            + (check.SnapshotBytes is { } snapshot ? $"{Bytes(snapshot)}, generation {check.Generation}" : "none");
        var holds = check.Holds;
        yield return $"rows        {Number(holds.Objects)} objects, {Number(holds.Admissions)} admissions, {Number(holds.Slots)} slots, "
            + $"{Number(holds.Summaries)} summaries";
        yield return $"context     {Number(holds.Writers)} writers; "
            + (holds.Uncovered == 0 ? "it covers every row" : $"{Number(holds.Uncovered)} rows are not covered: please report it");
        if (check.Damage.Length == 0) yield return "damage      none";
        foreach (var damage in check.Damage) yield return $"damage      {damage}";
        yield return $"next start  {Words(check.Next)}";
    }

    static string Words(NextStart next) => next switch
    {
        NextStart.GoesOn => "goes on where it ended",
        NextStart.NewWriter => "goes on, under a new writer id: it did not end cleanly, or the folder is a copy",
        NextStart.Resyncs => "keeps what can be read, declares nothing deleted, and waits for a node that has the rest",
        _ => "refuses, unless it is told of a node that has the rest (gossip run --join HOST:PORT), or that the loss is accepted "
            + "(gossip run --accept-loss)",
    };

    static JsonObject ToJson(FolderCheck check) => new()
    {
        ["folder"] = check.Folder,
        ["node"] = check.Node,
        ["generation"] = check.Generation,
        ["logBytes"] = check.LogBytes,
        ["logRecords"] = check.LogRecords,
        ["tornBytes"] = check.TornBytes,
        ["snapshotBytes"] = check.SnapshotBytes,
        ["rows"] = new JsonObject
        {
            ["objects"] = check.Holds.Objects,
            ["admissions"] = check.Holds.Admissions,
            ["slots"] = check.Holds.Slots,
            ["summaries"] = check.Holds.Summaries,
            ["uncovered"] = check.Holds.Uncovered,
        },
        ["writers"] = check.Holds.Writers,
        ["damage"] = new JsonArray([.. check.Damage.Select(damage => (JsonNode)damage)]),
        ["nextStart"] = check.Next.ToString(),
    };

    static string Bytes(long count) => $"{Number(count)} bytes";

    static string Number(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
