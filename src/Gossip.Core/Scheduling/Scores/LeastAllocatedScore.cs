using Gossip.Core.Templates;

namespace Gossip.Core.Scheduling.Scores;

/// <summary>Prefers the node that would have the greatest share of its cpu and memory left. Source: Kubernetes' NodeResourcesFit, LeastAllocated.</summary>
sealed class LeastAllocatedScore : IScore
{
    public string Name => "least-allocated";

    public int Score(PodTemplate pod, in NodeFacts node) => ShareLeft(pod, node);

    /// <summary>Thousandths, of cpu and memory alike.</summary>
    internal static int ShareLeft(PodTemplate pod, in NodeFacts node)
    {
        var cpu = Share(node.Free.Cpu.Value - pod.Requests.Cpu.Value, node.Allocatable.Cpu.Value);
        var memory = Share(node.Free.Memory.Value - pod.Requests.Memory.Value, node.Allocatable.Memory.Value);
        return (cpu + memory) / 2;
    }

    /// <summary>Thousandths; 2^53 (the greatest resource) times 1,000 still fits a long.</summary>
    internal static int Share(long left, long whole) =>
        whole <= 0 ? 0 : (int)(Math.Clamp(left, 0, whole) * Scoring.Greatest / whole);
}
