using Gossip.Core.Templates;

namespace Gossip.Core.Scheduling.Scores;

/// <summary>
/// Prefers the node that would have the least share of its cpu and memory left: fills nodes one after the other, so that
/// others stay empty. In place of least-allocated where machines cost money. Source: Kubernetes' NodeResourcesFit, MostAllocated.
/// </summary>
sealed class MostAllocatedScore : IScore
{
    public string Name => "most-allocated";

    public int Score(PodTemplate pod, in NodeFacts node) => Scoring.Greatest - LeastAllocatedScore.ShareLeft(pod, node);
}
