using System.Runtime.InteropServices;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Wire;
using Gossip.Simulation.Machines;

namespace Gossip.Simulation.Checkers;

/// <summary>
/// R4: forgetting everything about removals except the context, at any moment, changes nothing that can be seen. A
/// node's tables are rebuilt from a snapshot, which holds live rows and the context alone; then every row that was ever
/// removed is told again, and none may come back.
/// </summary>
internal sealed class ForgottenRemovalsChecker(World world) : Checker(world, "R4")
{
    const int Every = 7; // seconds

    readonly Dictionary<Uid, Row> removed = [];
    readonly WireBuffer snapshot = new();
    int seconds;

    public override void RowChanged(SimNode node, in RowChange change)
    {
        if (change.After is null) CollectionsMarshal.GetValueRefOrAddDefault(removed, change.Uid, out _) = change.Before!;
    }

    public override void EverySecond()
    {
        var node = World.Nodes[seconds % World.Nodes.Length];
        if (seconds++ % Every == 0 && node.IsUp) Look(node);
    }

    public override void AtRest() => Look(World.Nodes.First(node => node.IsUp));

    void Look(SimNode node)
    {
        snapshot.Clear();
        node.Machine!.WriteSnapshot(snapshot);
        var rebuilt = new RowTable();
        new Recovery(rebuilt, new HybridClock()).Read(new StoreContents(snapshot.WrittenMemory, [], true));
        foreach (var (uid, row) in removed)
            if (node.Machine.Tables.Find(uid) is null && node.Machine.Tables.Covers(uid)) rebuilt.Merge(row, out _);
        foreach (var row in rebuilt.All())
            if (removed.ContainsKey(row.Uid) && node.Machine.Tables.Find(row.Uid) is null)
            {
                Violated(node, $"forgot all but its context, and {row.Kind} {row.Uid.Birth} came back");
                return;
            }
    }
}
