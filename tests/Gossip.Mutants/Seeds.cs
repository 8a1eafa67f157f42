using System.Globalization;
using Gossip.Simulation;
using Gossip.Simulation.Runs;
using Gossip.Simulation.Time;

namespace Gossip.Mutants;

/// <summary>
/// The simulator's runs that a mutant has to survive, in a fixed order: mixed faults, all rules of placement, rotten disks, and scenarios
/// in which a rare path is sure to run.
/// </summary>
internal static class Seeds
{
    public const int Most = 200;

    static readonly (string Name, int Nodes, Action<Cluster> Run)[] Scenarios =
    [
        ("a lost disk", 6, cluster => cluster.ExpectOneOwnerPerPod()
            .LoseMachineAndDisk(1).Scale(0, 20).For(20.Seconds()).Restart(1).Scale(1, 20).For(30.Seconds())),
        ("a crowd", 6, cluster => cluster.ExpectOneOwnerPerPod().Crowd(100).For(20.Seconds()).Urgent(5).For(20.Seconds())),
        ("a short partition", 6, cluster => cluster.ExpectAllMembersAgree()
            .Partition(0..1).For(4.Seconds()).Heal().ExpectAllMembersAgree()),
        ("a long partition", 6, cluster => cluster.ExpectOneOwnerPerPod()
            .Partition(0..3).For(60.Seconds()).Heal().For(20.Seconds()).ExpectOneOwnerPerPod()),
        ("a crowd gives way", 6, cluster => cluster.ExpectOneOwnerPerPod().Crowd(100).Urgent(30).For(30.Seconds())),
        ("rest", 6, cluster => cluster.ExpectRest()),
        ("drains", 6, cluster => cluster.ExpectOneOwnerPerPod()
            .Budget(0, 1).For(20.Seconds()).Drain(1).Drain(2).Drain(3).For(20.Seconds())),
        ("many nodes", 16, cluster => cluster.ExpectOneOwnerPerPod()),
        ("singletons", 5, cluster => cluster.Singletons(3).ExpectOneOwnerPerPod()
            .Kill(0).For(3.Seconds()).Restart(0).Partition(2..3).For(40.Seconds()).Heal().ExpectOneOwnerPerPod()),
        ("power", 4, cluster => cluster.SmallLogs().ExpectOneOwnerPerPod().LoseMachine(0).LoseMachine(1).LoseMachine(2).LoseMachine(3)
            .For(1.Seconds()).Restart(0).Restart(1).Restart(2).Restart(3).ExpectOneOwnerPerPod()),
    ];

    /// <summary>What the run is, and the first rule that it broke; null when it broke none.</summary>
    public static (string Name, string? Broken) Run(int number)
    {
        var seed = (ulong)(number / 8 + 1);
        switch (number % 8)
        {
            case 1 or 5: return Random(new SimOptions(6, 14, 1, (ulong)(number + 1)) { AnyRules = true }, "any rules");
            case 3: return Random(new SimOptions(5, 12, 1, (ulong)(number + 1)) { RottenDisks = true }, "rotten disks");
            case 2 or 7: return Scenario(Scenarios[(number / 4) % Scenarios.Length], seed);
            default: return Random(new SimOptions(6, 24, 1, (ulong)(number + 1)), "mixed faults");
        }
    }

    static (string Name, string? Broken) Random(SimOptions options, string kind)
    {
        var report = SimulationRun.Run(options);
        var name = string.Create(CultureInfo.InvariantCulture, $"{kind}, seed {options.FirstSeed}");
        return (name, report.Violations.Count == 0 ? null : report.Violations[0].Rule);
    }

    static (string Name, string? Broken) Scenario((string Name, int Nodes, Action<Cluster> Run) scenario, ulong seed)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{scenario.Name}, seed {seed}");
        try
        {
            scenario.Run(Cluster.Of(scenario.Nodes).Seed(seed).Pods(24));
            return (name, null);
        }
        catch (ScenarioFailed failed)
        {
            return (name, failed.Violations[0].Rule);
        }
    }
}
