using Gossip.Core.Tables;
using Gossip.Core.Templates;

namespace Gossip.Core.Scheduling;

/// <summary>No pod asks for devices: the mean of the scores decides, and whoever looks feasible is asked.</summary>
sealed class EvenOut : PlacementStrategy
{
    public override bool CallsBatches => true;
    public override int GreatestScore => Scoring.Greatest;
    public override bool RanksCandidates => false;
    public override int Asked(int width, int live) => width;
    public override int Score(PodTemplate pod, in NodeFacts node, int mean) => mean;
    public override int Score(PodTemplate pod, in NodeFacts node, int mean, ref ScoreParts parts) => mean;
}
