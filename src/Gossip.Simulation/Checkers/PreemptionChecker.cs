using Gossip.Core.Model;
using Gossip.Simulation.Machines;
using Gossip.Simulation.Scenarios;

namespace Gossip.Simulation.Checkers;

/// <summary>
/// A7: preemption comes to an end. Nobody is evicted for a pod of its own priority or a lower one, by the manifests and
/// whatever the nodes believe; no run of a pod has another evicted twice; and no two pods evict each other.
/// </summary>
internal sealed class PreemptionChecker(World world) : Checker(world, "A7")
{
    readonly HashSet<(PodRun By, PodId Victim)> byRun = [];
    readonly HashSet<(PodId By, PodId Victim)> byPod = [];

    public override void Evicted(SimNode node, PodRun by, PodRun victim)
    {
        World.Sometimes.Count("a pod is evicted for one of greater priority");
        var slots = node.Machine!.Slots;
        if (slots.Find(by.Pod) is not { } newcomer || slots.Find(victim.Pod) is not { } old) return;
        int mine = Manifests.PriorityOf(newcomer.Template), its = Manifests.PriorityOf(old.Template);
        if (its >= mine) Violated(node, $"evicts {old.Name} of priority {its} for {newcomer.Name} of {mine}");
        if (!byRun.Add((by, victim.Pod))) Violated(node, $"{newcomer.Name} has {old.Name} evicted twice in one run");
        byPod.Add((by.Pod, victim.Pod));
        if (byPod.Contains((victim.Pod, by.Pod))) Violated(node, $"{newcomer.Name} and {old.Name} evict each other");
    }
}
