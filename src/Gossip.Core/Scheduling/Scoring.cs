using Gossip.Core.Scheduling.Scores;
using Gossip.Core.Templates;

namespace Gossip.Core.Scheduling;

/// <summary>The bounds of scores, and how good a node is for a pod by the default weights.</summary>
static class Scoring
{
    /// <summary>Of one score, and of their mean.</summary>
    public const int Greatest = 1000;

    /// <summary>Of a bid, whether devices count or not: 65,536 x 1,001 + 1,000 is far from overflow.</summary>
    public const int BidGreatest = Fragmentation.Greatest * (Greatest + 1) + Greatest;

    /// <inheritdoc cref="SchedulingRules.Score(PodTemplate, in NodeFacts, int)"/>
    public static int Score(PodTemplate pod, in NodeFacts node) => SchedulingRules.Default.Score(pod, node);

    /// <summary>Its parts, for people.</summary>
    public static string Explain(PodTemplate pod, in NodeFacts node)
    {
        SchedulingRules.Default.Score(pod, node, 0, out var parts);
        return parts.ToString();
    }
}
