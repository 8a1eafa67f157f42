using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Tables;
using Gossip.Simulation.Machines;

namespace Gossip.Simulation.Checkers;

/// <summary>
/// D1: in a connected cluster, pods that were evicted while they were ready and have no ready successor yet are at no moment more than
/// their budget lets be missing. In a partition each side counts by itself, so nothing is demanded until a while after it.
/// </summary>
internal sealed class BudgetChecker(World world) : Checker(world, "D1")
{
    /// <summary>After trouble of any kind: a keeper waits for 4 s, and news takes a few rounds to come round.</summary>
    static readonly TimeSpan CalmAfter = TimeSpan.FromSeconds(15);

    readonly SortedDictionary<PodId, Epoch> disrupted = []; // and which epoch ends it
    TimeSpan troubled;

    public override void Started(SimNode node) => troubled = World.Elapsed;

    public override void MemberChanged(SimNode node, in MemberChange change)
    {
        if (change.After?.State != MemberState.Alive) troubled = World.Elapsed;
    }

    public override void EverySecond()
    {
        for (var a = 0; a < World.Nodes.Length; a++)
        {
            if (!World.Nodes[a].IsUp || World.Nodes[a].IsPaused) troubled = World.Elapsed;
            for (var b = 0; b < World.Nodes.Length; b++)
                if (World.Network.IsBlocked(a, b)) troubled = World.Elapsed;
        }
    }

    public override void RowChanged(SimNode node, in RowChange change)
    {
        if (change.After is not { } row) return;
        if (row.Kind == RowKind.Admission && disrupted.Count > 0 && PodFacts.Read(row, null) is { Status.Ready: true } ready
            && disrupted.TryGetValue(ready.Run.Pod, out var least) && ready.Run.Epoch >= least) disrupted.Remove(ready.Run.Pod);
        if (row.Kind != RowKind.Slot || row[Fields.LeastEpoch] is not { } cell || cell.Value.Span is not [(byte)RunEnd.Evicted]) return;
        if (change.Before?[Fields.LeastEpoch]?.Generation >= cell.Generation || PodFacts.ReadPod(row) is not { } pod) return;
        // The first to hear of it is the keeper that wrote it, and its slots are still as it saw them when it decided.
        if (node.Machine?.Slots is not { } seen || seen.Find(pod) is not { IsDesired: true } slot || slot.LeastEpoch.Value >= cell.Generation) return;
        if (!known.Add((pod, cell.Generation)) || !slot.Budgets.IsHealthy || BudgetBook.Of(slot) is not [var budget]) return;
        disrupted[pod] = new Epoch(cell.Generation);
        var together = 0;
        foreach (var (other, _) in disrupted)
            if (seen.Find(other) is { IsDesired: true } counted && BudgetBook.Of(counted).Contains(budget)) together++;
        if (together > 1) World.Sometimes.Count("two disruptions of one budget at once");
        var most = budget.Status.ExpectedPods - budget.Status.DesiredHealthy;
        if (together > most && World.Elapsed - troubled > CalmAfter) Violated(node, $"evicts {slot.Name}, the {together}th pod at once of {budget.Name.Name}, which may miss {most}");
    }

    readonly HashSet<(PodId, uint)> known = []; // evictions that some node has heard of; looked up only
}
