using Gossip.Core.Templates;

namespace Gossip.Core.Scheduling.Scores;

/// <summary>Prefers the node with the fewest <c>PreferNoSchedule</c> taints that the pod does not tolerate.</summary>
sealed class PreferredTaintScore : IScore
{
    public string Name => "preferred-taints";

    public int Score(PodTemplate pod, in NodeFacts node)
    {
        var unwelcome = 0;
        if (!node.Taints.IsDefaultOrEmpty)
            foreach (var taint in node.Taints)
                if (taint.Effect == TaintEffect.PreferNoSchedule && !pod.Tolerates(taint)) unwelcome++;
        return Scoring.Greatest / (1 + unwelcome);
    }
}
