using System.Globalization;
using Gossip.Core.Model;
using Gossip.Core.Scheduling.Scores;

namespace Gossip.Core.Scheduling;

/// <summary>
/// How good a node is for a pod: the weighted mean of every score there is. Where pods ask for devices their fragmentation
/// decides first, and the mean among equals: a device that is broken up stays so, while the rest evens out.
/// </summary>
public static class Scoring
{
    /// <summary>Of one score, and of their mean.</summary>
    public const int Greatest = 1000;

    /// <summary>Of a bid, whether devices count or not: 65,536 x 1,001 + 1,000 is far from overflow.</summary>
    public const int BidGreatest = Fragmentation.Greatest * (Greatest + 1) + Greatest;

    static readonly IScore[] All =
    [
        new LeastAllocatedScore(), new BalancedAllocationScore(), new SpreadScore(), new NodeAffinityScore(), new PreferredTaintScore(),
        new PodAffinityScore(), new TopologySpreadScore(),
    ];
    static readonly int Weights = All.Sum(score => score.Weight);

    /// <summary>From 0 to <see cref="Greatest"/>; to <see cref="BidGreatest"/> where pods of the cluster ask for devices.</summary>
    public static int Score(PodTemplate pod, in NodeFacts node)
    {
        var sum = 0;
        foreach (var score in All) sum += score.Weight * score.Score(pod, node);
        var mean = sum / Weights;
        return node.Typical is { HaveDevices: true } ? Fragmentation.Score(pod, node) * (Greatest + 1) + mean : mean;
    }

    /// <summary>The parts by name, for people.</summary>
    public static string Explain(PodTemplate pod, in NodeFacts node)
    {
        var text = "";
        foreach (var score in All)
            text += string.Create(CultureInfo.InvariantCulture, $"{(text.Length == 0 ? "" : ", ")}{score.Name} {score.Score(pod, node)}");
        if (node.Typical is { HaveDevices: true }) text += string.Create(CultureInfo.InvariantCulture, $", fragmentation {Fragmentation.Score(pod, node) - Fragmentation.Neutral:+0;-0;0}");
        return text;
    }
}
