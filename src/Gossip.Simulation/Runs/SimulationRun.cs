using System.Diagnostics;
using Gossip.Core.Primitives;
using Gossip.Simulation.Scenarios;

namespace Gossip.Simulation.Runs;

/// <summary>Runs random scenarios, seed by seed, on as many threads as it may; each seed is a world of its own.</summary>
public static class SimulationRun
{
    sealed record Outcome(ulong Hash, long Events, TimeSpan Took, IReadOnlyList<Violation> Violations, Sometimes Sometimes, TimeSpan Converged);

    public static SimReport Run(SimOptions options, IProgress<SimProgress>? progress = null, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Nodes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Nodes, SimOptions.NodesMax);
        ArgumentOutOfRangeException.ThrowIfNegative(options.Pods);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Pods, SimOptions.PodsMax);
        var outcomes = new Outcome[options.Seeds];
        var clock = Stopwatch.StartNew();
        var gate = new Lock();
        int done = 0, violations = 0;
        long events = 0;
        Parallel.For(0, options.Seeds, new ParallelOptions { MaxDegreeOfParallelism = options.Parallelism, CancellationToken = cancel }, i =>
        {
            var outcome = outcomes[i] = RunOne(options, options.FirstSeed + (ulong)i);
            lock (gate)
            {
                done++;
                events += outcome.Events;
                violations += outcome.Violations.Count;
                progress?.Report(new SimProgress(done, options.Seeds, events, violations));
            }
        });
        var sometimes = new Sometimes();
        var hash = 0UL;
        foreach (var outcome in outcomes)
        {
            sometimes.Add(outcome.Sometimes);
            hash = StableHash.Mix(hash, outcome.Hash);
        }
        return new SimReport(
            options.Seeds, events, clock.Elapsed.TotalSeconds, outcomes.Sum(outcome => outcome.Took.TotalSeconds),
            [.. outcomes.SelectMany(outcome => outcome.Violations)], hash, sometimes.Counts,
            outcomes.Select(outcome => outcome.Converged).DefaultIfEmpty().Max());
    }

    static Outcome RunOne(SimOptions options, ulong seed)
    {
        var clock = Stopwatch.StartNew();
        IScenario scenario = options.AnyRules
            ? new RulesScenario(options.Nodes, options.Pods, seed)
            : new RandomScenario(options.Nodes, options.Pods, seed, rottenDisks: options.RottenDisks);
        scenario.Run();
        var world = scenario.World;
        return new Outcome(world.Hash, world.Events, clock.Elapsed, world.Violations, world.Sometimes, scenario.ConvergedAfter ?? TimeSpan.Zero);
    }
}
