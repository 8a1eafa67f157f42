using Gossip.Core.Scheduling.Scores;
using Gossip.Core.Tables;
using Gossip.Core.Templates;

namespace Gossip.Core.Scheduling;

/// <summary>
/// Pods ask for devices: their fragmentation decides first, and the mean of the scores among equals. A device that is broken up stays
/// so, while the rest evens out. It matters more who is asked, and the good places are few.
/// </summary>
sealed class FillUp : PlacementStrategy
{
    /// <summary>A third of the width is asked. At 1,000 nodes 4 of 22 that are looked at.</summary>
    const int AskedOf = 3, AskedLeast = 4;

    /// <summary>Each node of a round gives one bid: a batch would scatter over many nodes what is to fill up one.</summary>
    public override bool CallsBatches => false;

    public override int GreatestScore => Scoring.BidGreatest;
    public override bool RanksCandidates => true;

    /// <summary>In the end all: the best may refuse for what hearsay cannot see.</summary>
    public override int Asked(int width, int live) => width < live ? Math.Max(AskedLeast, width / AskedOf) : width;

    public override int Score(PodTemplate pod, in NodeFacts node, int mean) => Together(Fragmentation.Score(pod, node), mean);

    public override int Score(PodTemplate pod, in NodeFacts node, int mean, ref ScoreParts parts)
    {
        var fragmentation = Fragmentation.Score(pod, node);
        parts.Add(ScoreNames.Fragmentation, fragmentation - Fragmentation.Neutral);
        return Together(fragmentation, mean);
    }

    static int Together(int fragmentation, int mean) => fragmentation * (Scoring.Greatest + 1) + mean;
}
