using System.Globalization;
using Gossip.Core.Model;
using Gossip.Core.Scheduling.Scores;

namespace Gossip.Core.Scheduling;

/// <summary>How good a node is for a pod: the weighted mean of every score there is.</summary>
public static class Scoring
{
    public const int Greatest = 1000;

    static readonly IScore[] All = [new LeastAllocatedScore(), new SpreadScore(), new NodeAffinityScore(), new PreferredTaintScore()];
    static readonly int Weights = All.Sum(score => score.Weight);

    /// <summary>From 0 to <see cref="Greatest"/>.</summary>
    public static int Score(PodTemplate pod, in NodeFacts node)
    {
        var sum = 0;
        foreach (var score in All) sum += score.Weight * score.Score(pod, node);
        return sum / Weights;
    }

    /// <summary>The parts by name, for people.</summary>
    public static string Explain(PodTemplate pod, in NodeFacts node)
    {
        var text = "";
        foreach (var score in All)
            text += string.Create(CultureInfo.InvariantCulture, $"{(text.Length == 0 ? "" : ", ")}{score.Name} {score.Score(pod, node)}");
        return text;
    }
}
