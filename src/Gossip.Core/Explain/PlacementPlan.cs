using System.Collections.Immutable;
using Gossip.Core.Kinds;
using Gossip.Core.Primitives;

namespace Gossip.Core.Explain;

/// <summary>An object as somebody means to write it. Only workloads and PriorityClasses matter to a plan.</summary>
sealed record Intent(ObjectName Name, ImmutableArray<ObjectField> Fields);

/// <summary>A pod and its node.</summary>
/// <param name="Score">Of the node for it; 0 for one that is there already.</param>
/// <param name="Evicts">Pods of lower priority that would have to go, as <c>namespace/name</c>.</param>
sealed record PlannedPod(string Pod, string Node, int Score, ImmutableArray<string> Evicts);

/// <summary>A pod that would go.</summary>
/// <param name="Node">Empty for a pending one.</param>
sealed record LeavingPod(string Pod, string Node, string Because);

/// <summary>Alike pods that would stay pending.</summary>
/// <param name="First">The first one's name.</param>
/// <param name="Diagnosis">Of the first, with all that is planned in its place; null when it is not nodes that it lacks.</param>
sealed record Misfit(string First, int Pods, string Because, Diagnosis? Diagnosis);

/// <summary>One workload of a plan, in the order of the input.</summary>
/// <param name="Before">Pods that it wants now.</param>
/// <param name="After">Pods that it would want.</param>
sealed record PlannedWorkload(
    ObjectName Name, int Before, int After, int Priority, ImmutableArray<PlannedPod> Stay, ImmutableArray<PlannedPod> Placed,
    ImmutableArray<LeavingPod> Leave, ImmutableArray<Misfit> Misfits);

/// <summary>What would become of the pods of everything that is meant to be written.</summary>
/// <param name="Nodes">How many are live.</param>
sealed record PlacementPlan(int Nodes, ImmutableArray<PlannedWorkload> Workloads)
{
    /// <summary>No pod would stay pending.</summary>
    public bool Fits => Workloads.All(workload => workload.Misfits.IsEmpty);

    /// <summary>How many pods of others would have to go.</summary>
    public int Evictions => Workloads.Sum(workload => workload.Placed.Sum(pod => pod.Evicts.Length));
}
