using Gossip.Core.Templates;

namespace Gossip.Core.Scheduling.Scores;

/// <summary>
/// Prefers the node that fulfils the weightiest of the pod's preferences. Against the most that any node could weigh, not
/// against the best of those seen as Kubernetes does it: a bidder sees itself only, and its score must not depend on who else was asked.
/// </summary>
sealed class NodeAffinityScore : IScore
{
    public string Name => "node-affinity";

    public int Score(PodTemplate pod, in NodeFacts node) =>
        pod.NodeAffinity.Preferred.IsEmpty
            ? Scoring.Greatest
            : pod.NodeAffinity.WeightOf(node.Labels, node.Name) * Scoring.Greatest / pod.NodeAffinity.Greatest;
}
