using Gossip.Core;
using Gossip.Simulation.Scenarios;

namespace Gossip.Simulation.Runs;

/// <summary>A bug that was planted, and which checker caught it where.</summary>
/// <param name="Bug">Its name: <c>LeakedReservation</c> …</param>
/// <param name="Rule">The rule that must name it.</param>
/// <param name="Seed">Of the first run that caught it; 0 when none did.</param>
/// <param name="Caught">What the checker said; null when it was not caught, or only under another rule's name.</param>
public sealed record PlantedOutcome(string Bug, string Rule, ulong Seed, Violation? Caught);

/// <summary>
/// The checkers' own test: clusters with a bug planted in every node, run until the checker whose rule the bug breaks
/// says so. A checker that is blind makes every green run worthless.
/// </summary>
public static class PlantedRun
{
    /// <summary>A bug shows only when its rare path runs; every one did within a quarter of these.</summary>
    const int SeedsMost = 40;
    const int Nodes = 6;
    const int Pods = 24;

    static readonly (PlantedBug Bug, string Rule)[] Bugs =
    [
        (PlantedBug.WholeContextOnCutDelta, "R2"),
        (PlantedBug.WriterReusedAfterAmnesia, "R10"),
        (PlantedBug.AdmissionWithoutRecheck, "A1"),
        (PlantedBug.LeakedReservation, "A8"),
        (PlantedBug.RefutationIgnored, "M1"),
        (PlantedBug.ResurrectedObject, "R3"),
        (PlantedBug.DrainByReadiness, "A4"),
        (PlantedBug.StaleTimerObeyed, "M2"),
    ];

    /// <summary>Names of every bug that can be planted.</summary>
    public static IReadOnlyList<string> Names => [.. Bugs.Select(bug => bug.Bug.ToString())];

    public static IReadOnlyList<PlantedOutcome> Run(IProgress<PlantedOutcome>? progress = null, int parallelism = 1, CancellationToken cancel = default)
    {
        var outcomes = new PlantedOutcome[Bugs.Length];
        Parallel.For(0, Bugs.Length, new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = cancel }, i =>
        {
            outcomes[i] = Catch(Bugs[i].Bug, Bugs[i].Rule, cancel);
            progress?.Report(outcomes[i]);
        });
        return outcomes;
    }

    /// <summary>Runs one seed with one bug in it, as the replay line of a planted violation says.</summary>
    public static IReadOnlyList<Violation> Replay(string bug, int nodes, int pods, ulong seed)
    {
        var scenario = new RandomScenario(nodes, pods, seed, Enum.Parse<PlantedBug>(bug, ignoreCase: true));
        scenario.Run();
        return scenario.World.Violations;
    }

    static PlantedOutcome Catch(PlantedBug bug, string rule, CancellationToken cancel)
    {
        for (var seed = 1UL; seed <= SeedsMost; seed++)
        {
            cancel.ThrowIfCancellationRequested();
            var scenario = new RandomScenario(Nodes, Pods, seed, bug);
            scenario.Run();
            foreach (var violation in scenario.World.Violations)
                if (violation.Rule == rule) return new PlantedOutcome(bug.ToString(), rule, seed, violation);
        }
        return new PlantedOutcome(bug.ToString(), rule, 0, null);
    }
}
