using Gossip.Core;
using Gossip.Core.Primitives;
using Gossip.Simulation.Scenarios;
using Gossip.Simulation.Time;

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

    /// <param name="Provoke">Scenario in which the bug must show; null for the random one.</param>
    /// <param name="AnyRules">Trouble among all rules of placement in which it must show; null for other scenarios.</param>
    /// <param name="Of">How many nodes the provoked cluster has.</param>
    sealed record Planted(PlantedBug Bug, string Rule, Action<Cluster>? Provoke = null, Trouble? AnyRules = null, int Of = Nodes);

    static readonly Planted[] Bugs =
    [
        new(PlantedBug.WholeContextOnCutDelta, "R2"),
        new(PlantedBug.WriterReusedAfterAmnesia, "R10", cluster => cluster
            .ExpectOneOwnerPerPod().LoseMachineAndDisk(1).Scale(0, 20).For(20.Seconds()).Restart(1).Scale(1, 20).For(30.Seconds())),
        new(PlantedBug.AdmissionWithoutRecheck, "A1", cluster => cluster
            .ExpectOneOwnerPerPod().Crowd(100).For(20.Seconds())),
        new(PlantedBug.LeakedReservation, "A8"),
        new(PlantedBug.RefutationIgnored, "M1", cluster => cluster
            .ExpectAllMembersAgree().Partition(0..1).For(4.Seconds()).Heal().ExpectAllMembersAgree()),
        new(PlantedBug.ResurrectedObject, "R3"),
        new(PlantedBug.DrainByReadiness, "A4", cluster => cluster
            .ExpectOneOwnerPerPod().Partition(0..3).For(60.Seconds()).Heal().For(20.Seconds())),
        new(PlantedBug.GangAwardedInPart, "A11"),
        new(PlantedBug.GangNotAwaited, "A11"),
        new(PlantedBug.StaleTimerObeyed, "M2"),
        new(PlantedBug.InitNotAwaited, "L1"),
        new(PlantedBug.SurvivorDisowned, "L1"),
        new(PlantedBug.PriorityIgnored, "A7", cluster => cluster
            .ExpectOneOwnerPerPod().Crowd(100).Urgent(30).For(30.Seconds())),
        new(PlantedBug.RoomNotAwaited, "A1", cluster => cluster
            .ExpectOneOwnerPerPod().Crowd(100).For(20.Seconds()).Urgent(5).For(20.Seconds())),
        new(PlantedBug.ConflictIgnored, "A10", cluster => cluster.ExpectRest()),
        new(PlantedBug.BudgetIgnored, "D1", Drains),
        new(PlantedBug.BudgetUnkept, "D1", Drains),
        new(PlantedBug.FirstBidWins, "A2", AnyRules: Trouble.None),
        new(PlantedBug.BidWonTwice, "A2", cluster => cluster.ExpectOneOwnerPerPod(), Of: 16),
        new(PlantedBug.DevicesForgotten, "A1", AnyRules: Trouble.Crash),
        new(PlantedBug.PortsForgotten, "A1", AnyRules: Trouble.None),
        new(PlantedBug.AwardSaidOnce, "A8", AnyRules: Trouble.Loss),
    ];

    /// <summary>Two people drain two nodes at once.</summary>
    static void Drains(Cluster cluster) => cluster
        .ExpectOneOwnerPerPod().Budget(0, 1).For(20.Seconds()).Drain(1).Drain(2).Drain(3).For(20.Seconds());

    /// <summary>Names of every bug that can be planted.</summary>
    public static IReadOnlyList<string> Names => [.. Bugs.Select(bug => bug.Bug.ToString())];

    public static IReadOnlyList<PlantedOutcome> Run(IProgress<PlantedOutcome>? progress = null, int parallelism = 1, CancellationToken cancel = default)
    {
        var outcomes = new PlantedOutcome[Bugs.Length];
        Parallel.For(0, Bugs.Length, new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = cancel }, i =>
        {
            outcomes[i] = Catch(Bugs[i], cancel);
            progress?.Report(outcomes[i]);
        });
        return outcomes;
    }

    /// <summary>Runs one seed with one bug in it, as the replay line of a planted violation says.</summary>
    public static IReadOnlyList<Violation> Replay(string bug, int nodes, int pods, ulong seed, bool anyRules = false)
    {
        IScenario scenario = anyRules ? new RulesScenario(nodes, pods, seed, bug) : new RandomScenario(nodes, pods, seed, bug);
        scenario.Run();
        return scenario.World.Violations;
    }

    static PlantedOutcome Catch(Planted planted, CancellationToken cancel)
    {
        for (var seed = 1UL; seed <= SeedsMost; seed++)
        {
            cancel.ThrowIfCancellationRequested();
            foreach (var violation in RunOne(planted, seed))
                if (violation.Rule == planted.Rule) return new PlantedOutcome(planted.Bug.ToString(), planted.Rule, seed, violation);
        }
        return new PlantedOutcome(planted.Bug.ToString(), planted.Rule, 0, null);
    }

    static IReadOnlyList<Violation> RunOne(Planted planted, ulong seed)
    {
        if (planted.AnyRules is { } trouble) return Replay(planted.Bug.ToString(), Nodes, Pods, RulesScenario.SeedOf((int)seed, trouble), anyRules: true);
        if (planted.Provoke is null) return Replay(planted.Bug.ToString(), Nodes, Pods, seed);
        try
        {
            planted.Provoke(Cluster.Of(planted.Of).Seed(seed).Pods(Pods).With(planted.Bug));
            return [];
        }
        catch (ScenarioFailed failed)
        {
            return failed.Violations;
        }
    }
}
