using Gossip.Core.Ports;
using Gossip.Simulation.Machines;
using Gossip.Simulation.Scenarios;

namespace Gossip.Simulation.Checkers;

/// <summary>
/// A4, second half: going from many copies to one after a heal never goes through none. A node that stops a pod
/// which is still wanted leaves a copy that runs elsewhere.
/// </summary>
internal sealed class LastCopyChecker(World world) : Checker(world, "A4")
{
    /// <summary>A node that was down says for a while, in its rows, how its pods were before.</summary>
    static readonly TimeSpan StaleWord = TimeSpan.FromMinutes(1);

    public override void Performed(SimNode node, PodCommand command)
    {
        if (command is not StopPod || !World.IsHealed) return;
        if (!node.Runtime.Pods.TryGetValue(command.Pod, out var stopped) || !stopped.Runs) return;
        if (node.Machine!.Slots.Find(command.Pod.Pod) is not { IsDesired: true } slot || slot.LeastEpoch > command.Pod.Epoch) return;
        if (node.Machine.Keeper.IsMakingWay(command.Pod)) return;
        foreach (var other in World.Nodes)
        {
            // Somebody took it out, and this node hears of the admission's removal before the object's.
            if (other.Machine is { } machine && machine.Slots.Find(command.Pod.Pod) is not { IsDesired: true } && machine.Tables.Covers(command.Pod.Pod.Workload)) return;
            if (other == node) continue;
            foreach (var (run, pod) in other.Runtime.Pods)
                if (run.Pod == command.Pod.Pod && pod.Runs)
                {
                    World.Sometimes.Count("a second copy is drained");
                    return;
                }
        }
        foreach (var admission in slot.Admissions)
            if (World.NodeOf(admission.Node) is { } owner && World.Elapsed - owner.StartedAt < StaleWord) return;
        Violated(node, $"stops the last running copy of {slot.Name}, which is still wanted: {ClusterState.Tell(World, slot)}");
    }
}
