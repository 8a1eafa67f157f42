using Gossip.Core.Primitives;
using Gossip.Simulation.Machines;

namespace Gossip.Simulation.Checkers;

/// <summary>
/// S1: at no instant does anything of two copies of a singleton run, on whatever machines, whatever is cut, paused, killed or
/// adrift. What counts is what the runtimes really run, not what anybody believes.
/// </summary>
internal sealed class SingletonChecker(World world) : Checker(world, "S1")
{
    public override void ContainerRan(SimNode node, PodRun run)
    {
        if (!node.Runtime.Pods.TryGetValue(run, out var started) || !started.Launch.Template.IsSingleton) return;
        World.Sometimes.Count("a singleton runs");
        foreach (var other in World.Nodes)
            foreach (var (elsewhere, pod) in other.Runtime.Pods)
                if (elsewhere.Pod == run.Pod && (other != node || elsewhere != run) && pod.IsAnythingUp)
                    Violated(node, $"starts {started.Launch.Name}, run {run.Epoch}, while run {elsewhere.Epoch} of it runs on {other.Config.Card.Name}");
    }
}
