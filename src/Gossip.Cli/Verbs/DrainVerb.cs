using System.CommandLine;
using System.Text.Json;
using Gossip.Cli.Client;
using Gossip.Cli.Display;
using Gossip.Core.Primitives;
using Spectre.Console;

namespace Gossip.Cli.Verbs;

/// <summary>Empties a node, as its pods' disruption budgets allow.</summary>
static class DrainVerb
{
    public static Command Create()
    {
        var node = new Argument<string>("NODE") { Description = "The node's name" };
        var timeout = new Option<string>("--timeout")
        {
            Description = "Give up after so long, such as 90s or 10m; 0 for never", DefaultValueFactory = _ => "0",
        };
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
            // An eviction is answered when the pod is gone.
            using var client = new NodeClient(parsed.GetValue(server)!, Timeout.InfiniteTimeSpan);
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            if (most > TimeSpan.Zero) patience.CancelAfter(most);
            var drain = new NodeDrain(client, name);
            var asJson = parsed.GetValue(json);
            try
            {
                if (asJson) await drain.RunAsync(_ => { }, patience.Token);
                else if (!Screen.IsLive) await drain.RunAsync(pod => Output.Line(Line(pod)), patience.Token);
                else await new LiveDisplay(Screen.Console, Table(drain.Pods).Draw())
                    .StartAsync(live => drain.RunAsync(_ => live.UpdateTarget(Table(drain.Pods).Draw()), patience.Token));
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                if (asJson) Write(name, false, drain);
                throw new CliFailure($"{name} is cordoned, and after {most.TotalSeconds:0} s not empty:", 1,
                    drain.Pods.Where(pod => pod.State != "gone").Select(Line));
            }
            if (asJson) Write(name, true, drain);
            else Output.Line($"node/{name} drained");
            return 0;
        });
        return command;
    }

    static TimeSpan ReadTimeout(string text) =>
        text == "0" ? TimeSpan.Zero
        : Duration.TryRead(text, out var time) && time >= TimeSpan.Zero ? time
        : throw new CliFailure($"--timeout '{text}' is no time; it looks like 90s or 10m", 2);

    static string Line(DrainedPod pod) => $"pod/{pod.Name} -n {pod.Namespace} {pod.State}{(pod.Why.Length == 0 ? "" : $": {pod.Why}")}";

    static void Write(string node, bool drained, NodeDrain drain) =>
        Output.Json(JsonSerializer.Serialize(new { node, drained, pods = drain.Pods }, NodeClient.Json));

    internal static TextTable Table(IEnumerable<DrainedPod> pods)
    {
        var table = new TextTable("NAMESPACE", "POD", "STATE", "WHY");
        foreach (var pod in pods)
            table.Add(
                pod.Namespace, pod.Name,
                new Cell(pod.State, pod.State switch { "gone" => Tone.Good, "failed" => Tone.Bad, _ => Tone.Waiting }), pod.Why);
        return table;
    }
}
