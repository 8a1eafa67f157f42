using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Gossip.Cli.Display;
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
        var seeds = new Option<int>("--seeds") { Description = "How many runs, each with its own seed", DefaultValueFactory = _ => 20 };
        var seed = new Option<ulong?>("--seed") { Description = "Run this one seed: what a violation's replay line says" };
        var anyRules = new Option<bool>("--any-rules")
        {
            Description = "Small clusters whose pods have every rule of placement; --pods counts workloads: try --nodes 6 --pods 14",
        };
        var rotten = new Option<bool>("--rotten-disks")
        {
            Description = "Beside all other faults disks forget: bits of logs and snapshots turn, files are gone",
        };
        var json = ServerOption.Json();
        var command = new Command("sim", """
            Whole clusters of the very nodes that run in production, under virtual time: lost, late and doubled packets, partitions,
            crashes, torn writes, lost disks, clocks that drift. Checkers watch every step. The same seeds give the same hash, anywhere.

            Examples:
              gossip sim --nodes 50 --pods 500 --seeds 200
              gossip sim --nodes 50 --pods 500 --seed 17
            """) { nodes, pods, seeds, seed, anyRules, rotten, json };
        command.SetAction((parsed, cancel) =>
        {
            var wantsJson = parsed.GetValue(json);
            var options = new SimOptions(parsed.GetValue(nodes), parsed.GetValue(pods), parsed.GetValue(seeds))
            {
                AnyRules = parsed.GetValue(anyRules),
                RottenDisks = parsed.GetValue(rotten),
                Parallelism = Environment.ProcessorCount,
            };
            if (parsed.GetValue(seed) is { } one) options = options with { Seeds = 1, FirstSeed = one };
            Check(options);
            Refuse(parsed, "--seed", seed, seeds);
            Refuse(parsed, "--any-rules", anyRules, rotten);
            return Task.FromResult(Run(options, wantsJson, cancel));
        });
        return command;
    }

    static void Check(SimOptions options)
    {
        if (options.Nodes is < 1 or > SimOptions.NodesMax) throw new CliFailure($"--nodes {options.Nodes}: 1 to {SimOptions.NodesMax}", 2);
        if (options.Pods is < 0 or > SimOptions.PodsMax) throw new CliFailure($"--pods {options.Pods}: 0 to {SimOptions.PodsMax}", 2);
        if (options.Seeds < 1) throw new CliFailure($"--seeds {options.Seeds}: at least 1", 2);
    }

    /// <summary>An option that would do nothing beside another is refused: who gave it would read the result wrongly.</summary>
    static void Refuse(ParseResult parsed, string because, Option given, params Option[] useless)
    {
        if (parsed.GetResult(given) is null or { Implicit: true }) return;
        foreach (var option in useless)
            if (parsed.GetResult(option) is { Implicit: false })
                throw new CliFailure($"{option.Name} does nothing beside {because}: leave it out", 2);
    }

    static int Run(SimOptions options, bool wantsJson, CancellationToken cancel)
    {
        var report = WithProgress(options, wantsJson, cancel);
        if (wantsJson)
            Output.Json(JsonSerializer.Serialize(new
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
        return report.Violations.Count == 0 ? 0 : 1;
    }

    static SimReport WithProgress(SimOptions options, bool quiet, CancellationToken cancel)
    {
        if (quiet || !Screen.IsLive) return SimulationRun.Run(options, null, cancel);
        return new Progress(Screen.Console) { AutoClear = true }.Start(context =>
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
            task.Description = string.Create(
                CultureInfo.InvariantCulture, $"{value.SeedsDone} of {value.Seeds} seeds, {value.Violations} violations");
        }
    }

    static void Print(SimReport report)
    {
        foreach (var violation in report.Violations) Output.Line(violation.ToString());
        if (report.Violations.Count > 0) Output.Line();
        foreach (var (what, value) in Figures(report)) Output.Line($"{what,-18} {value}");
        Output.Line("rare paths that ran:");
        foreach (var (path, count) in report.Sometimes.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            Output.Line(string.Create(CultureInfo.InvariantCulture, $"  {count,8:N0}  {path}"));
    }

    static IEnumerable<(string What, string Value)> Figures(SimReport report)
    {
        var culture = CultureInfo.InvariantCulture;
        yield return ("seeds run", report.SeedsRun.ToString(culture));
        yield return ("violations", report.Violations.Count.ToString(culture));
        yield return ("events", report.Events.ToString("N0", culture));
        yield return ("events a second", string.Create(culture, $"{report.EventsPerSecond:N0} ({report.EventsPerCoreSecond:N0} a core)"));
        yield return ("slowest heal", string.Create(culture, $"{report.SlowestConvergence.TotalSeconds:0.0} s of virtual time"));
        yield return ("hash", report.HashText);
    }
}
