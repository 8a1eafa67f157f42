using System.CommandLine;
using System.Text.Json.Nodes;
using Gossip.Cli.Client;
using Gossip.Cli.Display;
using Gossip.Kubernetes.Manifests;
using Gossip.Kubernetes.Plans;

namespace Gossip.Cli.Verbs;

/// <summary>Makes the cluster want what the manifests say.</summary>
static class ApplyVerb
{
    public static Command Create()
    {
        var files = ManifestOptions.Files();
        var dry = new Option<bool>("--dry-run") { Description = "Print the plan and change nothing; works without a node too" };
        var ns = ManifestOptions.Namespace();
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
                var serverNamed = parsed.GetResult(server) is { Implicit: false }
                    || Environment.GetEnvironmentVariable(ServerOption.Variable) is not null;
                return await PrintAsync(set, parsed.GetValue(ns)!, node, serverNamed, wantsJson, cancel);
            }
            var done = new JsonArray();
            await Applying.PerformAsync(node, ManifestPlan.Of(set, parsed.GetValue(ns)!), line =>
            {
                if (wantsJson) done.Add(line);
                else Output.Line(line);
            }, cancel);
            if (wantsJson) Output.Json(done.ToJsonString(NodeClient.Json));
            return 0;
        });
        return command;
    }

    /// <summary>The plan as a node sees it; without one, what the manifests alone tell.</summary>
    static async Task<int> PrintAsync(ManifestSet set, string ns, NodeClient node, bool serverNamed, bool json, CancellationToken cancel)
    {
        var plan = Planner.Plan(set, view: null, ns).ToJson();
        if (plan.Items("faults").Count == 0)
        {
            try
            {
                var documents = new JsonArray([.. set.Manifests.Select(manifest => manifest.Root.DeepClone())]);
                plan = (await node.PostAsync($"gossip/v1/plan?namespace={Uri.EscapeDataString(ns)}",
                    new JsonObject { ["apiVersion"] = "v1", ["kind"] = "List", ["items"] = documents }, cancel)).Fields();
            }
            catch (CliFailure unreachable) when (!serverNamed)
            {
                if (!json) Output.Note($"planned without a cluster: {unreachable.Message}");
            }
        }
        var faults = plan.Items("faults");
        if (json) Output.Json(plan.ToJsonString(NodeClient.Json));
        else if (faults.Count == 0) Print(plan);
        else throw ManifestPlan.Refusal(faults.Select(Line));
        return faults.Count == 0 ? 0 : 2;
    }

    static void Print(JsonObject plan)
    {
        foreach (var warning in plan.Items("warnings")) Output.Line($"warning: {Line(warning)}");
        foreach (var step in plan.Items("steps"))
        {
            var ns = step.TextOrNone("namespace");
            var changes = string.Join(", ", step.Texts("changes"));
            var name = $"{(ns.Length > 0 ? ns + "/" : "")}{step.TextOrNone("name")}";
            Output.Line($"{step.TextOrNone("action"),-9} {step.TextOrNone("kind")} {name}{(changes.Length > 0 ? $" ({changes})" : "")}");
            foreach (var line in step.Texts("outlook")) Output.Line($"            {line}");
        }
    }

    internal static string Line(JsonNode? fault) =>
        new ManifestFault(fault.TextOrNone("source"), fault.Number("document"),
            new Position(fault.Number("line"), fault.Number("column")),
            fault.TextOrNone("about"), fault.TextOrNone("field"), default, fault.TextOrNone("message")).ToString();
}
