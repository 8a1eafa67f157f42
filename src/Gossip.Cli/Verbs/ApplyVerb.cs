using System.CommandLine;
using System.Text.Json.Nodes;
using Gossip.Cli.Client;
using Gossip.Core.Turns;
using Gossip.Kubernetes.Manifests;
using Gossip.Kubernetes.Plans;

namespace Gossip.Cli.Verbs;

/// <summary>Makes the cluster want what the manifests say.</summary>
static class ApplyVerb
{
    public static Command Create()
    {
        var files = new Option<string[]>("--filename", "-f") { Description = "A file, a folder, or - for stdin; may be repeated", Required = true };
        var dry = new Option<bool>("--dry-run") { Description = "Print the plan and change nothing; works without a node too" };
        var ns = new Option<string>("--namespace", "-n") { Description = "For objects that name none", DefaultValueFactory = _ => ManifestValidator.DefaultNamespace };
        var server = ServerOption.Create();
        var json = ServerOption.Json();
        var command = new Command("apply", """
            Makes the cluster want what the manifests say. Everything is checked first; a fault in one document changes nothing.

            Examples:
              gossip apply -f examples/manifests/hello.yaml
              gossip apply --dry-run -f manifests/
              cat web.yaml | gossip apply -f - --server http://127.0.0.1:8081
            """) { files, dry, ns, server, json };
        command.SetAction(async (parsed, cancel) =>
        {
            var set = ManifestFiles.Read(parsed.GetValue(files)!, Console.OpenStandardInput());
            var wantsJson = parsed.GetValue(json);
            using var node = new NodeClient(parsed.GetValue(server)!);
            if (parsed.GetValue(dry))
            {
                var serverNamed = parsed.GetResult(server) is { Implicit: false } || Environment.GetEnvironmentVariable(ServerOption.Variable) is not null;
                return await PrintAsync(set, parsed.GetValue(ns)!, node, serverNamed, wantsJson, cancel);
            }
            var done = new JsonArray();
            await Applying.PerformAsync(node, ManifestPlan.Of(set, parsed.GetValue(ns)!), line =>
            {
                if (wantsJson) done.Add(line);
                else Console.WriteLine(line);
            }, cancel);
            if (wantsJson) Console.WriteLine(done.ToJsonString(NodeClient.Json));
            return 0;
        });
        return command;
    }

    /// <summary>The plan as a node sees it; without one, what the manifests alone tell.</summary>
    static async Task<int> PrintAsync(ManifestSet set, string ns, NodeClient node, bool serverNamed, bool json, CancellationToken cancel)
    {
        var plan = Planner.Plan(set, view: null, ns).ToJson();
        if (plan["faults"]!.AsArray().Count == 0)
        {
            try
            {
                var documents = new JsonArray([.. set.Manifests.Select(manifest => manifest.Root.DeepClone())]);
                plan = (await node.PostAsync($"gossip/v1/plan?namespace={Uri.EscapeDataString(ns)}",
                    new JsonObject { ["apiVersion"] = "v1", ["kind"] = "List", ["items"] = documents }, cancel)).AsObject();
            }
            catch (CliFailure unreachable) when (!serverNamed)
            {
                if (!json) Console.Error.WriteLine($"gossip: planned without a cluster: {unreachable.Message}");
            }
        }
        var faults = plan["faults"]!.AsArray();
        if (json) Console.WriteLine(plan.ToJsonString(NodeClient.Json));
        else if (faults.Count == 0) Print(plan);
        else throw ManifestPlan.Refusal(faults.Select(Line));
        return faults.Count == 0 ? 0 : 2;
    }

    static void Print(JsonObject plan)
    {
        foreach (var warning in plan["warnings"]!.AsArray()) Console.WriteLine($"warning: {Line(warning)}");
        foreach (var step in plan["steps"]!.AsArray())
        {
            var ns = Text(step, "namespace");
            var changes = step!["changes"]!.AsArray();
            Console.WriteLine($"{Text(step, "action"),-9} {Text(step, "kind")} {(ns.Length > 0 ? ns + "/" : "")}{Text(step, "name")}{(changes.Count > 0 ? $" ({string.Join(", ", changes.Select(change => change!.GetValue<string>()))})" : "")}");
            foreach (var line in step["outlook"]!.AsArray()) Console.WriteLine($"            {line!.GetValue<string>()}");
        }
    }

    internal static string Line(JsonNode? fault) =>
        new ManifestFault(Text(fault, "source"), fault!["document"]!.GetValue<int>(),
            new Position(fault["line"]!.GetValue<int>(), fault["column"]!.GetValue<int>()),
            Text(fault, "about"), Text(fault, "field"), default, Text(fault, "message")).ToString();

    static string Text(JsonNode? node, string field) => node?[field]?.GetValue<string>() ?? "";
}
