using System.CommandLine;
using System.Text.Json.Nodes;
using Gossip.Cli.Client;
using Gossip.Cli.Display;
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
        var files = ManifestOptions.Files();
        var ns = ManifestOptions.Namespace();
        var server = ServerOption.Create();
        var json = ServerOption.Json();
        var command = new Command("plan", """
            Where everything in the manifests would go, who would have to leave for it, and what would not fit and why. Changes nothing.
            The auction asks a few nodes and a plan looks at all of them, so pods may come to lie elsewhere; whether there is room
            differs no more than what the asked node has heard. Exit code: 0 when every pod would have a place, 1 when one would not,
            2 for faulty manifests.

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
            var isLive = !wantsJson && Screen.IsLive;
            var plan = isLive
                ? await new Status(Screen.Console).StartAsync("planning", _ => AskAsync(node, set, @namespace, cancel))
                : await AskAsync(node, set, @namespace, cancel);
            if (plan.Items("faults") is { Count: > 0 } faults) throw ManifestPlan.Refusal(faults.Select(ApplyVerb.Line));
            if (wantsJson) Output.Json(plan.ToJsonString(NodeClient.Json));
            else if (isLive) Screen.Draw(PlanPage.Table(plan).Draw());
            else foreach (var line in PlanPage.Lines(plan)) Output.Line(line);
            if (!wantsJson) Output.Line(PlanPage.Summary(plan));
            return plan.Part("placement").Flag("fits") ? 0 : 1;
        });
        return command;
    }

    static async Task<JsonObject> AskAsync(NodeClient node, ManifestSet set, string ns, CancellationToken cancel)
    {
        var documents = new JsonArray([.. set.Manifests.Select(manifest => manifest.Root.DeepClone())]);
        return (await node.PostAsync($"gossip/v1/plan?place=true&namespace={Uri.EscapeDataString(ns)}",
            new JsonObject { ["apiVersion"] = "v1", ["kind"] = "List", ["items"] = documents }, cancel)).Fields();
    }
}
