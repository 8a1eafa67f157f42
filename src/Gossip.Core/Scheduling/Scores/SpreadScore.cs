using Gossip.Core.Templates;

namespace Gossip.Core.Scheduling.Scores;

/// <summary>Prefers the node with the fewest pods of the same workload, so that losing one node loses few of them.</summary>
sealed class SpreadScore : IScore
{
    public string Name => "spread";

    public int Score(PodTemplate pod, in NodeFacts node) => Scoring.Greatest / (1 + node.OfWorkload);
}
