using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Tables;
using Gossip.Simulation.Machines;
using Gossip.Simulation.Scenarios;

namespace Gossip.Simulation.Checkers;

/// <summary>
/// A7: preemption comes to an end. Nobody is evicted for a pod of its own priority or a lower one, by the manifests and
/// whatever the nodes believe; no run of a pod has another evicted that came back since; and no two pods evict each other.
/// </summary>
/// <remarks>
/// After a partition there may be two copies of both, each newcomer behind a copy of the victim. That ends too, so only what was
/// admitted after the first eviction counts; and a side's run is another than the one of the same number on the side that it has been cut off from.
/// </remarks>
internal sealed class PreemptionChecker(World world) : Checker(world, "A7")
{
    readonly Dictionary<(PodRun By, PodId Victim), (TimeSpan At, SimNode On)> byRun = []; // when and where first
    readonly Dictionary<(int Node, PodRun Run), TimeSpan> admitted = [];
    readonly HashSet<(PodId By, PodId Victim)> byPod = [];

    public override void RowChanged(SimNode node, in RowChange change)
    {
        // The next admission of the pod is another case, also where everybody has restarted since and forgotten that its epoch was used.
        if (change is { Kind: RowKind.Admission, Before: { } gone, After: null } && PodFacts.Read(gone, null) is { } over && over.Node == node.Id)
            foreach (var pair in byRun.Keys.Where(pair => pair.By == over.Run).ToArray()) byRun.Remove(pair);
        if (change is { Kind: RowKind.Admission, Before: null, After: { } row } && PodFacts.Read(row, null) is { } admission && admission.Node == node.Id)
            admitted.TryAdd((node.Index, admission.Run), World.Elapsed);
    }

    public override void Evicted(SimNode node, PodRun by, PodRun victim)
    {
        World.Sometimes.Count("a pod is evicted for one of greater priority");
        var slots = node.Machine!.Slots;
        if (slots.Find(by.Pod) is not { } newcomer || slots.Find(victim.Pod) is not { } old) return;
        int mine = Manifests.PriorityOf(newcomer.Template), its = Manifests.PriorityOf(old.Template);
        if (its >= mine) Violated(node, $"evicts {old.Name} of priority {its} for {newcomer.Name} of {mine}");
        if (!byRun.TryAdd((by, victim.Pod), (World.Elapsed, node)) && byRun[(by, victim.Pod)] is var first
            && admitted[(node.Index, victim)] > first.At && HasHeardOf(node, first.On))
            Violated(node, $"{newcomer.Name} has {old.Name} evicted twice in one run");
        byPod.Add((by.Pod, victim.Pod));
        if (byPod.Contains((victim.Pod, by.Pod))) Violated(node, $"{newcomer.Name} and {old.Name} evict each other");
    }
}
