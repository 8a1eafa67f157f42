namespace Gossip.Simulation.Runs;

/// <summary>What <c>gossip sim</c> is asked to do.</summary>
/// <param name="Seeds">How many runs, with seeds from <paramref name="FirstSeed"/> on.</param>
/// <param name="Parallelism">How many at a time; the results do not depend on it.</param>
public sealed record SimOptions(int Nodes, int Pods, int Seeds, ulong FirstSeed = 1, int Parallelism = 1)
{
    /// <summary>Small clusters whose pods have every rule of placement, instead of many faults and simple pods; <see cref="Pods"/> counts workloads.</summary>
    public bool AnyRules { get; init; }

    /// <summary>Beside all other faults disks forget: bits of logs and snapshots turn, files are gone.</summary>
    public bool RottenDisks { get; init; }

    public const int NodesMax = 1000;
    public const int PodsMax = 100_000;
}

/// <summary>How far a run is.</summary>
public sealed record SimProgress(int SeedsDone, int Seeds, long Events, int Violations);

/// <summary>What came of it.</summary>
/// <param name="Events">Inputs handled by node machines, over all seeds.</param>
/// <param name="CoreSeconds">Wall time that the runs took, summed over the threads that ran them.</param>
/// <param name="Hash">Over the trace hashes of all seeds in order: equal options give equal hashes, in any process.</param>
/// <param name="Sometimes">How often each rare path ran.</param>
/// <param name="SlowestConvergence">Virtual time from the heal to agreement in the slowest of the seeds.</param>
public sealed record SimReport(
    int SeedsRun, long Events, double WallSeconds, double CoreSeconds, IReadOnlyList<Violation> Violations, ulong Hash,
    IReadOnlyDictionary<string, long> Sometimes, TimeSpan SlowestConvergence)
{
    public double EventsPerSecond => WallSeconds > 0 ? Events / WallSeconds : 0;
    public double EventsPerCoreSecond => CoreSeconds > 0 ? Events / CoreSeconds : 0;
    public string HashText => Hash.ToString("x16", System.Globalization.CultureInfo.InvariantCulture);
}
