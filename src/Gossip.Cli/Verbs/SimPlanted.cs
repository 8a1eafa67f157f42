using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Gossip.Cli.Display;
using Gossip.Simulation.Runs;

namespace Gossip.Cli.Verbs;

/// <summary><c>gossip sim --planted</c>: bugs that the checkers must catch. Exit code 1 when one was missed.</summary>
static class SimPlanted
{
    public static int RunAll(bool json, CancellationToken cancel)
    {
        var clock = Stopwatch.StartNew();
        var outcomes = PlantedRun.Run(null, Environment.ProcessorCount, cancel);
        var missed = outcomes.Count(outcome => outcome.Caught is null);
        if (json)
            Output.Json(JsonSerializer.Serialize(new
            {
                planted = outcomes.Count,
                caught = outcomes.Count - missed,
                bugs = outcomes.Select(outcome => new
                {
                    bug = outcome.Bug,
                    rule = outcome.Rule,
                    seed = outcome.Seed,
                    caught = outcome.Caught is not null,
                    what = outcome.Caught?.What,
                }),
            }));
        else
        {
            foreach (var outcome in outcomes)
                Output.Line(outcome.Caught is { } caught
                    ? $"caught  {outcome.Bug,-26} by {caught}"
                    : $"MISSED  {outcome.Bug,-26} {outcome.Rule} should have named it");
            var seconds = clock.Elapsed.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
            Output.Line($"{outcomes.Count - missed} of {outcomes.Count} planted bugs caught, in {seconds} s");
        }
        return missed == 0 ? 0 : 1;
    }

    /// <summary>What a planted violation's replay line asks for. Exit code 1 when the bug shows again, as for any violation.</summary>
    public static int Replay(string bug, SimOptions options, bool json)
    {
        if (!PlantedRun.Names.Contains(bug))
            throw new CliFailure($"--planted {bug}: no such bug; there are {string.Join(", ", PlantedRun.Names)}", 2);
        var violations = PlantedRun.Replay(bug, options.Nodes, options.Pods, options.FirstSeed, options.AnyRules);
        if (json) Output.Json(JsonSerializer.Serialize(new { bug, violations = violations.Select(violation => violation.ToString()) }));
        else
        {
            foreach (var violation in violations) Output.Line(violation.ToString());
            Output.Line($"{violations.Count} violations");
        }
        return violations.Count == 0 ? 0 : 1;
    }
}
