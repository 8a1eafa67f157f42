using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Gossip.Simulation.Runs;
using Spectre.Console;

namespace Gossip.Cli.Verbs;

/// <summary>Whole clusters under virtual time.</summary>
static class SimVerb
{
    public static Command Create()
    {
        var nodes = new Option<int>("--nodes") { Description = "Nodes in the cluster", DefaultValueFactory = _ => 50 };
        var pods = new Option<int>("--pods") { Description = "Pods asked for", DefaultValueFactory = _ => 500 };
        var seeds = new Option<int>("--seeds") { Description = "How many runs, each with a seed of its own", DefaultValueFactory = _ => 20 };
        var seed = new Option<ulong?>("--seed") { Description = "Run this one seed: what a violation's replay line says" };
        var planted = new Option<bool>("--planted") { Description = "Test the checkers: plant bugs, each of which must be caught and named" };
        var json = ServerOption.Json();
        var command = new Command("sim", """
            Whole clusters of the very nodes that run in production, under virtual time: lost, late and doubled packets, partitions,
            crashes, torn writes, lost disks, clocks that drift. Checkers watch every step. The same seeds give the same hash, anywhere.

            Examples:
              gossip sim --nodes 50 --pods 500 --seeds 200
              gossip sim --nodes 50 --pods 500 --seed 17
              gossip sim --planted
            """) { nodes, pods, seeds, seed, planted, json };
        command.SetAction((parsed, cancel) =>
        {
            var wantsJson = parsed.GetValue(json);
            if (parsed.GetValue(planted)) return Task.FromResult(RunPlanted(wantsJson));
            var one = parsed.GetValue(seed);
            var options = new SimOptions(parsed.GetValue(nodes), parsed.GetValue(pods), one is null ? parsed.GetValue(seeds) : 1, one ?? 1, Environment.ProcessorCount);
            if (options.Nodes is < 1 or > SimOptions.NodesMax) throw new CliFailure($"--nodes {options.Nodes}: 1 to {SimOptions.NodesMax}", 2);
            if (options.Pods is < 0 or > SimOptions.PodsMax) throw new CliFailure($"--pods {options.Pods}: 0 to {SimOptions.PodsMax}", 2);
            if (options.Seeds < 1) throw new CliFailure($"--seeds {options.Seeds}: at least 1", 2);
            var report = WithProgress(options, wantsJson, cancel);
            if (wantsJson)
                Console.WriteLine(JsonSerializer.Serialize(new
                {
                    seeds = report.SeedsRun,
                    violations = report.Violations.Count,
                    eventsPerSecond = Math.Round(report.EventsPerSecond),
                    eventsPerCoreSecond = Math.Round(report.EventsPerCoreSecond),
                    events = report.Events,
                    hash = report.HashText,
                    replays = report.Violations.Select(violation => violation.Replay).Distinct(),
                }));
            else Print(report);
            return Task.FromResult(report.Violations.Count == 0 ? 0 : 1);
        });
        return command;
    }

    static SimReport WithProgress(SimOptions options, bool quiet, CancellationToken cancel)
    {
        if (quiet || Console.IsOutputRedirected) return SimulationRun.Run(options, null, cancel);
        return AnsiConsole.Progress().AutoClear(true).Start(context =>
        {
            var task = context.AddTask("seeds", maxValue: options.Seeds);
            return SimulationRun.Run(options, new Reporter(task), cancel);
        });
    }

    /// <summary>Not <see cref="Progress{T}"/>: that one reports on another thread, after the end too.</summary>
    sealed class Reporter(ProgressTask task) : IProgress<SimProgress>
    {
        public void Report(SimProgress value)
        {
            task.Value = value.SeedsDone;
            task.Description = string.Create(CultureInfo.InvariantCulture, $"{value.SeedsDone} of {value.Seeds} seeds, {value.Violations} violations");
        }
    }

    static void Print(SimReport report)
    {
        foreach (var violation in report.Violations) Console.WriteLine(violation);
        if (report.Violations.Count > 0) Console.WriteLine();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            seeds run          {report.SeedsRun}
            violations         {report.Violations.Count}
            events             {report.Events:N0}
            events a second    {report.EventsPerSecond:N0} ({report.EventsPerCoreSecond:N0} a core)
            slowest heal       {report.SlowestConvergence.TotalSeconds:0.0} s of virtual time
            hash               {report.HashText}
            """));
        Console.WriteLine("rare paths that ran:");
        foreach (var (path, count) in report.Sometimes.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {count,8:N0}  {path}"));
    }

    static int RunPlanted(bool json) => throw new CliFailure("--planted is not in this build yet");
}
