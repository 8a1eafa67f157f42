using Gossip.Core;
using Gossip.Core.Primitives;
using Gossip.Simulation.Machines;

namespace Gossip.Simulation.Checkers;

/// <summary>A7: pods that may not be together do not drive each other round. Each time the later one makes way, and what it left counts against its return.</summary>
internal sealed class MakingWayChecker(World world) : Checker(world, "A7")
{
    /// <summary>Faults may bring several conflicts upon one pod; pods that drive each other round go on for ever.</summary>
    const int Most = 12;

    readonly PodRun?[] last = new PodRun?[world.Nodes.Length];
    readonly Dictionary<PodId, int> times = [];

    public override void After(SimNode node, in NodeInput input)
    {
        if (node.Machine?.Keeper.MadeWay is not { } run || last[node.Index] == run) return;
        last[node.Index] = run;
        World.Sometimes.Count("a pod makes way for an earlier one");
        if ((times[run.Pod] = times.GetValueOrDefault(run.Pod) + 1) == Most) Violated(node, $"{run} is the {Most}th run of its pod that makes way");
    }
}
