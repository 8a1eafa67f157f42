using Gossip.Core.Tables.Topology;
using Gossip.Core.Templates;

namespace Gossip.Core.Scheduling.Scores;

/// <summary>
/// Prefers the domain with the most of the pods that the pod likes and the fewest of those that it shuns; and, the other
/// way, of the pods that like or shun it. Each tally against its own greatest, not against the best node seen as
/// Kubernetes does it: a bidder sees itself only. (Kubernetes' InterPodAffinity, with its weight and its weight 1 for required affinity.)
/// </summary>
sealed class PodAffinityScore : IScore
{
    public string Name => "pod-affinity";

    public int Score(PodTemplate pod, in NodeFacts node)
    {
        if (node.Around.Rules is not { } rules || rules.Preferred.Length + rules.DrawnBy.Count == 0) return Scoring.Greatest;
        long sum = 0, most = 0;
        foreach (var (tally, weight) in rules.Preferred) Add(tally, weight, node, ref sum, ref most);
        foreach (var tally in rules.DrawnBy) Add(tally, tally.Weight, node, ref sum, ref most);
        return (int)(sum / most);
    }

    /// <summary>Up to 64 + 64 terms a pod, and as many templates as draw it, of weight 100 x 1,000: far from overflow.</summary>
    static void Add(Tally tally, int weight, in NodeFacts node, ref long sum, ref long most)
    {
        var share = tally.Greatest > 0 && node.Labels[tally.TopologyKey] is { } domain
            ? Math.Min(node.Around.Count(tally, domain), tally.Greatest) * (long)Scoring.Greatest / tally.Greatest
            : 0;
        sum += weight > 0 ? weight * share : -weight * (Scoring.Greatest - share);
        most += Math.Abs(weight);
    }
}
