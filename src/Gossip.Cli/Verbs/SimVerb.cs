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
        var planted = new Option<string?>("--planted")
        {
            Description = "Test the checkers: plant bugs, each of which must be caught and named; with a bug's name and --seed, replay it",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var anyRules = new Option<bool>("--any-rules") { Description = "Small clusters whose pods have every rule of placement; --pods counts workloads: try --nodes 6 --pods 14" };
        var json = ServerOption.Json();
        var command = new Command("sim", """
            Whole clusters of the very nodes that run in production, under virtual time: lost, late and doubled packets, partitions,
            crashes, torn writes, lost disks, clocks that drift. Checkers watch every step. The same seeds give the same hash, anywhere.

            Examples:
              gossip sim --nodes 50 --pods 500 --seeds 200
              gossip sim --nodes 50 --pods 500 --seed 17
              gossip sim --planted
            """) { nodes, pods, seeds, seed, planted, anyRules, json };
        command.SetAction((parsed, cancel) =>
        {
            var wantsJson = parsed.GetValue(json);
            var one = parsed.GetValue(seed);
            if (parsed.GetResult(planted) is not null)
            {
                return Task.FromResult(parsed.GetValue(planted) is { } bug
                    ? ReplayPlanted(bug, parsed.GetValue(nodes), parsed.GetValue(pods), one ?? 1, parsed.GetValue(anyRules))
                    : RunPlanted(wantsJson, cancel));
            }
            var options = new SimOptions(parsed.GetValue(nodes), parsed.GetValue(pods), one is null ? parsed.GetValue(seeds) : 1, one ?? 1, Environment.ProcessorCount) { AnyRules = parsed.GetValue(anyRules) };
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

    static int RunPlanted(bool json, CancellationToken cancel)
    {
        var clock = Stopwatch.StartNew();
        var outcomes = PlantedRun.Run(null, Environment.ProcessorCount, cancel);
        var missed = outcomes.Count(outcome => outcome.Caught is null);
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                planted = outcomes.Count,
                caught = outcomes.Count - missed,
                bugs = outcomes.Select(outcome => new { bug = outcome.Bug, rule = outcome.Rule, seed = outcome.Seed, caught = outcome.Caught is not null, what = outcome.Caught?.What }),
            }));
            return missed == 0 ? 0 : 1;
        }
        foreach (var outcome in outcomes)
        {
            Console.WriteLine(outcome.Caught is { } caught
                ? $"caught  {outcome.Bug,-26} by {caught}"
                : $"MISSED  {outcome.Bug,-26} {outcome.Rule} should have named it");
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{outcomes.Count - missed} of {outcomes.Count} planted bugs caught, in {clock.Elapsed.TotalSeconds:0.0} s"));
        return missed == 0 ? 0 : 1;
    }

    /// <summary>What a planted violation's replay line asks for. Exit 1 when the bug shows again, as any violation has it.</summary>
    static int ReplayPlanted(string bug, int nodes, int pods, ulong seed, bool anyRules)
    {
        if (!PlantedRun.Names.Contains(bug)) throw new CliFailure($"--planted {bug}: no such bug; there are {string.Join(", ", PlantedRun.Names)}", 2);
        var violations = PlantedRun.Replay(bug, nodes, pods, seed, anyRules);
        foreach (var violation in violations) Console.WriteLine(violation);
        Console.WriteLine($"{violations.Count} violations");
        return violations.Count == 0 ? 0 : 1;
    }
}
