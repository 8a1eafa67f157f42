namespace Gossip.Simulation.Scenarios;

/// <summary>What one seed makes of a cluster, from its first node to its rest.</summary>
internal interface IScenario
{
    World World { get; }

    /// <summary>How long convergence took after the heal; null when it did not.</summary>
    TimeSpan? ConvergedAfter { get; }

    void Run();
}
