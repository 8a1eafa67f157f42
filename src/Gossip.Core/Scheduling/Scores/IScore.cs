using Gossip.Core.Model;

namespace Gossip.Core.Scheduling.Scores;

/// <summary>One preference of placement. Pure, in integers, so that every machine computes the same.</summary>
public interface IScore
{
    string Name { get; }

    /// <summary>How much it counts beside the others: Kubernetes' default weights.</summary>
    int Weight { get; }

    /// <summary>From 0 to <see cref="Scoring.Greatest"/>, for a pod that every filter lets pass.</summary>
    int Score(PodTemplate pod, in NodeFacts node);
}
