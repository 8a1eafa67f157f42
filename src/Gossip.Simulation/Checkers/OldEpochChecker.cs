using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Scheduling;
using Gossip.Core.Tables;
using Gossip.Core.Wire;
using Gossip.Simulation.Machines;

namespace Gossip.Simulation.Checkers;

/// <summary>
/// R8: an award of an older epoch has no effect. A node may admit a run only if an award for it arrived while the
/// run's epoch was, by the node's own table, the next one.
/// </summary>
internal sealed class OldEpochChecker(World world) : Checker(world, "R8")
{
    readonly HashSet<PodRun>[] awarded = [.. world.Nodes.Select(_ => new HashSet<PodRun>())];
    readonly HashSet<Uid> seen = [];

    public override void MessageArrives(SimNode at, NodeId sender, MessageKind kind, ReadOnlyMemory<byte> body)
    {
        if (kind is not (MessageKind.Ask or MessageKind.Award)) return;
        var run = kind == MessageKind.Ask ? Codec.Read<Ask>(body).Run : Codec.Read<Award>(body).Run;
        var isCurrent = at.Machine!.Slots.Find(run.Pod) is { } slot && run.Epoch >= slot.NextEpoch;
        if (isCurrent && kind == MessageKind.Award) awarded[at.Index].Add(run);
        else if (!isCurrent && !awarded[at.Index].Contains(run)) World.Sometimes.Count("an ask or award of an older epoch arrives");
    }

    public override void RowChanged(SimNode node, in RowChange change)
    {
        if (change.Kind != RowKind.Admission || change.After is not { } row || !seen.Add(row.Uid)) return;
        var birth = AdmissionCodec.ReadBirth(row[Fields.Birth]!.Value.Value);
        if (birth.Node != node.Id || awarded[node.Index].Contains(birth.Run)) return;
        if (node.Runtime.Pods.ContainsKey(birth.Run)) return; // it runs here since an earlier life, whose admission is gone
        Violated(node, $"admitted {birth.Run} without an award of that epoch");
    }
}
