using System.CommandLine;
using System.Text.Json;
using Gossip.Cli.Client;
using Gossip.Core.Model;
using Spectre.Console;

namespace Gossip.Cli.Verbs;

/// <summary>Empties a node, as its pods' disruption budgets allow.</summary>
static class DrainVerb
{
    public static Command Create()
    {
        var node = new Argument<string>("NODE") { Description = "The node's name" };
        var timeout = new Option<string>("--timeout") { Description = "Give up after so long, such as 90s or 10m; 0 for never", DefaultValueFactory = _ => "0" };
        var server = ServerOption.Create();
        var json = ServerOption.Json();
        var command = new Command("drain", """
            Cordons a node and moves everything that runs there elsewhere, no faster than disruption budgets allow. Done when
            nothing is left on it, what still ends included: then it may be stopped. Bare pods move too. 'gossip uncordon' takes
            the node back.

            Examples:
              gossip drain node-3
              gossip drain node-3 --timeout 10m --json
            """) { node, timeout, server, json };
        command.SetAction(async (parsed, cancel) =>
        {
            var name = parsed.GetValue(node)!;
            var most = ReadTimeout(parsed.GetValue(timeout)!);
            using var client = new NodeClient(parsed.GetValue(server)!, Timeout.InfiniteTimeSpan); // an eviction is answered when the pod is gone
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            if (most > TimeSpan.Zero) patience.CancelAfter(most);
            var drain = new NodeDrain(client, name);
            var asJson = parsed.GetValue(json);
            try
            {
                if (asJson) await drain.RunAsync(_ => { }, patience.Token);
                else if (Console.IsOutputRedirected) await drain.RunAsync(pod => Console.WriteLine(Line(pod)), patience.Token);
                else await AnsiConsole.Live(Table(drain)).StartAsync(live => drain.RunAsync(_ => live.UpdateTarget(Table(drain)), patience.Token));
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                if (asJson) Write(name, false, drain);
                throw new CliFailure($"{name} is cordoned, and after {most.TotalSeconds:0} s not empty: {string.Join("; ", drain.Pods.Where(pod => pod.State != "gone").Select(Line))}");
            }
            if (asJson) Write(name, true, drain);
            else Console.WriteLine($"node/{name} drained");
            return 0;
        });
        return command;
    }

    static TimeSpan ReadTimeout(string text) =>
        text == "0" ? TimeSpan.Zero : Duration.TryRead(text, out var time) ? time : throw new CliFailure($"--timeout '{text}' is no time; it looks like 90s or 10m", 2);

    static string Line(DrainedPod pod) => $"pod/{pod.Name} -n {pod.Namespace} {pod.State}{(pod.Why.Length == 0 ? "" : $": {pod.Why}")}";

    static void Write(string node, bool drained, NodeDrain drain) =>
        Console.WriteLine(JsonSerializer.Serialize(new { node, drained, pods = drain.Pods }, NodeClient.Json));

    static Table Table(NodeDrain drain)
    {
        var table = new Table().Border(TableBorder.None);
        foreach (var column in (string[])["NAMESPACE", "POD", "STATE", "WHY"]) table.AddColumn(column);
        foreach (var pod in drain.Pods)
            table.AddRow(Markup.Escape(pod.Namespace), Markup.Escape(pod.Name), pod.State switch
            {
                "gone" => "[green]gone[/]",
                "failed" => "[red]failed[/]",
                _ => $"[yellow]{pod.State}[/]",
            }, Markup.Escape(pod.Why));
        return table;
    }
}
