namespace Gossip.Simulation.Network;

/// <summary>How badly the whole network behaves. Immutable: a scenario swaps it.</summary>
/// <param name="Loss">Probability that a datagram is lost, each way.</param>
/// <param name="Duplication">Probability that it arrives twice.</param>
/// <param name="LatencyLeast">One way. Where least and most differ, datagrams overtake each other.</param>
/// <param name="Stragglers">Probability that a datagram takes up to <paramref name="StragglerDelay"/> longer.</param>
public sealed record LinkFaults(
    double Loss, double Duplication, TimeSpan LatencyLeast, TimeSpan LatencyMost, double Stragglers, TimeSpan StragglerDelay)
{
    /// <summary>A quiet data centre.</summary>
    public static readonly LinkFaults None =
        new(0, 0, TimeSpan.FromMicroseconds(100), TimeSpan.FromMicroseconds(500), 0, TimeSpan.Zero);
}
