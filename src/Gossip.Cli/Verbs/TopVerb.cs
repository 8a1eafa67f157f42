using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gossip.Cli.Client;
using Gossip.Cli.Display;
using Gossip.Core.Primitives;

namespace Gossip.Cli.Verbs;

/// <summary>What pods use.</summary>
static class TopVerb
{
    internal sealed record PodUse(string Namespace, string Name, long MilliCpu, long Memory);

    public static Command Create()
    {
        var ns = PodOptions.Namespace();
        var all = new Option<bool>("--all-namespaces", "-A") { Description = "Of all namespaces" };
        var server = ServerOption.Create();
        var json = ServerOption.Json();
        var command = new Command("top", """
            What running pods use of the processors and of memory, by their runtimes' own accounting over one second.

            Examples:
              gossip top
              gossip top -A --json
            """) { ns, all, server, json };
        command.SetAction(async (parsed, cancel) =>
        {
            var everywhere = parsed.GetValue(all);
            if (everywhere && parsed.GetResult(ns) is { Implicit: false })
                throw new CliFailure("give --namespace or --all-namespaces, not both", 2);
            using var node = new NodeClient(parsed.GetValue(server)!, TimeSpan.FromSeconds(30));
            var path = everywhere ? "pods" : $"namespaces/{Uri.EscapeDataString(parsed.GetValue(ns)!)}/pods";
            var list = await node.GetAsync($"apis/metrics.k8s.io/v1beta1/{path}", cancel);
            var used = list.Items("items").Select(Read).ToArray();
            if (parsed.GetValue(json)) Output.Json(JsonSerializer.Serialize(used, NodeClient.Json));
            else Screen.Draw(Table(used, everywhere).Draw());
            return 0;
        });
        return command;
    }

    static PodUse Read(JsonNode? pod)
    {
        long nano = 0, memory = 0;
        foreach (var container in pod.Items("containers"))
        {
            var usage = container.Part("usage");
            var cpu = usage.Text("cpu").TrimEnd('n');
            if (!long.TryParse(cpu, NumberStyles.None, CultureInfo.InvariantCulture, out var used))
                throw new CliFailure($"'{cpu}' is not a number of nanocores");
            nano += used;
            memory += Quantity.TryReadWhole(usage.Text("memory"), out var bytes, out var problem) ? bytes : throw new CliFailure(problem);
        }
        var about = pod.Part("metadata");
        return new PodUse(about.Text("namespace"), about.Text("name"), nano / 1_000_000, memory);
    }

    internal static TextTable Table(IEnumerable<PodUse> used, bool everywhere)
    {
        var table = new TextTable([.. everywhere ? ["NAMESPACE"] : Array.Empty<string>(), "NAME", "CPU", "MEMORY"]);
        foreach (var pod in used)
            table.Add([.. everywhere ? [pod.Namespace] : Array.Empty<Cell>(), pod.Name, $"{pod.MilliCpu}m", $"{pod.Memory >> 20}Mi"]);
        return table;
    }
}
