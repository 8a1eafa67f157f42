using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gossip.Cli.Client;
using Gossip.Core.Model;
using Spectre.Console;

namespace Gossip.Cli.Verbs;

/// <summary>What pods use.</summary>
static class TopVerb
{
    sealed record PodUse(string Namespace, string Name, long MilliCpu, long Memory);

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
            using var node = new NodeClient(parsed.GetValue(server)!, TimeSpan.FromSeconds(30));
            var everywhere = parsed.GetValue(all);
            var path = everywhere ? "pods" : $"namespaces/{Uri.EscapeDataString(parsed.GetValue(ns)!)}/pods";
            var list = await node.GetAsync($"apis/metrics.k8s.io/v1beta1/{path}", cancel);
            var used = (list["items"] as JsonArray ?? []).Select(Read).ToArray();
            if (parsed.GetValue(json)) Console.WriteLine(JsonSerializer.Serialize(used, NodeClient.Json));
            else AnsiConsole.Write(Table(used, everywhere));
            return 0;
        });
        return command;
    }

    static PodUse Read(JsonNode? pod)
    {
        long nano = 0, memory = 0;
        foreach (var container in pod!["containers"]!.AsArray())
        {
            var usage = container!["usage"]!;
            nano += long.Parse(usage["cpu"]!.GetValue<string>().TrimEnd('n'), CultureInfo.InvariantCulture);
            memory += Quantity.TryReadWhole(usage["memory"]!.GetValue<string>(), out var bytes, out _) ? bytes : 0;
        }
        return new PodUse(pod["metadata"]!["namespace"]!.GetValue<string>(), pod["metadata"]!["name"]!.GetValue<string>(), nano / 1_000_000, memory);
    }

    static Table Table(IEnumerable<PodUse> used, bool everywhere)
    {
        var table = new Table().Border(TableBorder.None);
        foreach (var column in (string[])[.. everywhere ? ["NAMESPACE"] : Array.Empty<string>(), "NAME", "CPU", "MEMORY"]) table.AddColumn(column);
        foreach (var pod in used)
            table.AddRow([.. everywhere ? [Markup.Escape(pod.Namespace)] : Array.Empty<string>(), Markup.Escape(pod.Name), $"{pod.MilliCpu}m", $"{pod.Memory >> 20}Mi"]);
        return table;
    }
}
