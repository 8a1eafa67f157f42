using System.CommandLine;
using System.Text.Json.Nodes;
using Gossip.Cli.Client;
using Gossip.Kubernetes.Manifests;
using Spectre.Console;

namespace Gossip.Cli.Verbs;

/// <summary>Where everything in manifests would go, without changing anything.</summary>
static class PlanVerb
{
    /// <summary>A plan of 10,000 pods takes seconds, and may wait for another's.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static Command Create()
    {
        var files = new Option<string[]>("--filename", "-f") { Description = "A file, a folder, or - for stdin; may be repeated", Required = true };
        var ns = new Option<string>("--namespace", "-n") { Description = "For objects that name none", DefaultValueFactory = _ => ManifestValidator.DefaultNamespace };
        var server = ServerOption.Create();
        var json = ServerOption.Json();
        var command = new Command("plan", """
            Where everything in the manifests would go, who would have to leave for it, and what would not fit and why. Changes nothing.
            The auction asks a few nodes and a plan looks at all of them, so pods may come to lie elsewhere; whether there is room differs no more
            than what the asked node has heard. Exit code: 0 when every pod would have a place, 1 when one would not, 2 for faulty manifests.

            Examples:
              gossip plan -f examples/manifests/hello.yaml
              gossip plan -f manifests/ --json
            """) { files, ns, server, json };
        command.SetAction(async (parsed, cancel) =>
        {
            var set = ManifestFiles.Read(parsed.GetValue(files)!, Console.OpenStandardInput());
            var @namespace = parsed.GetValue(ns)!;
            ManifestPlan.Of(set, @namespace); // faults are told by file and line, which only we know
            using var node = new NodeClient(parsed.GetValue(server)!, Patience);
            var wantsJson = parsed.GetValue(json);
            var isLive = !wantsJson && AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected;
            var plan = isLive
                ? await AnsiConsole.Status().StartAsync("planning", _ => AskAsync(node, set, @namespace, cancel))
                : await AskAsync(node, set, @namespace, cancel);
            if (plan["faults"]!.AsArray() is { Count: > 0 } faults) throw ManifestPlan.Refusal(faults.Select(ApplyVerb.Line));
            if (wantsJson) Console.WriteLine(plan.ToJsonString(NodeClient.Json));
            else if (isLive) AnsiConsole.Write(PlanPage.Table(plan));
            else foreach (var line in PlanPage.Lines(plan)) Console.WriteLine(line);
            if (!wantsJson) Console.WriteLine(PlanPage.Summary(plan));
            return plan["placement"]!["fits"]!.GetValue<bool>() ? 0 : 1;
        });
        return command;
    }

    static async Task<JsonObject> AskAsync(NodeClient node, ManifestSet set, string ns, CancellationToken cancel)
    {
        var documents = new JsonArray([.. set.Manifests.Select(manifest => manifest.Root.DeepClone())]);
        return (await node.PostAsync($"gossip/v1/plan?place=true&namespace={Uri.EscapeDataString(ns)}",
            new JsonObject { ["apiVersion"] = "v1", ["kind"] = "List", ["items"] = documents }, cancel)).AsObject();
    }
}
