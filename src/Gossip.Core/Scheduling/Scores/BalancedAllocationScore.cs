using Gossip.Core.Templates;

namespace Gossip.Core.Scheduling.Scores;

/// <summary>
/// Prefers the node whose cpu and memory would be used to like shares, so that neither is left over alone.
/// (Kubernetes' NodeResourcesBalancedAllocation: 1 less the standard deviation, which for two is half their difference.)
/// </summary>
sealed class BalancedAllocationScore : IScore
{
    public string Name => "balanced";

    public int Score(PodTemplate pod, in NodeFacts node)
    {
        var cpu = LeastAllocatedScore.Share(node.Free.Cpu.Value - pod.Requests.Cpu.Value, node.Allocatable.Cpu.Value);
        var memory = LeastAllocatedScore.Share(node.Free.Memory.Value - pod.Requests.Memory.Value, node.Allocatable.Memory.Value);
        return Scoring.Greatest - Math.Abs(cpu - memory) / 2;
    }
}
