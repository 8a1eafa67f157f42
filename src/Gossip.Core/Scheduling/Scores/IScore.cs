using Gossip.Core.Templates;

namespace Gossip.Core.Scheduling.Scores;

/// <summary>
/// One preference of placement, in integers, so that every machine computes the same. Its weight is for
/// <see cref="SchedulingRules"/> to say. The built-in ones are pure and allocate nothing; a host app's own runs at the edge.
/// </summary>
public interface IScore
{
    /// <summary>The name that `why` and weights use.</summary>
    string Name { get; }

    /// <summary>From 0 to <see cref="Scoring.Greatest"/>, for a pod that every filter lets pass.</summary>
    int Score(PodTemplate pod, in NodeFacts node);
}
