using System.Runtime.InteropServices;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Simulation.Machines;
using MessagePack;

namespace Gossip.Simulation.Checkers;

/// <summary>
/// R2: a dot that a node's context covers, and that nothing overwrote or removed, is live there. A context that is
/// wider than what arrived makes the missing rows look removed, silently and for ever; this sees it at once.
/// </summary>
internal sealed class LiveDotsChecker(World world) : Checker(world, "R2")
{
    readonly HashSet<Uid> removed = [];
    readonly Dictionary<Uid, RowKind> born = [];
    int next;

    public override void RowChanged(SimNode node, in RowChange change)
    {
        if (change.After is null) removed.Add(change.Uid);
        else CollectionsMarshal.GetValueRefOrAddDefault(born, change.Uid, out _) = change.Kind;
    }

    /// <summary>The process may be killed between the removal's way to the disk and the word that it is there.</summary>
    public override void Logged(SimNode node, ReadOnlySpan<byte> record)
    {
        if (record.Length < 2 || record[1] != (byte)JournalKind.Removal) return;
        var reader = new MessagePackReader(record.ToArray());
        reader.ReadArrayHeader();
        reader.ReadByte();
        removed.Add(RowRemoval.Read(ref reader).Uid);
    }

    /// <summary>One node a second, in turn.</summary>
    public override void EverySecond()
    {
        var node = World.Nodes[next++ % World.Nodes.Length];
        if (node.IsUp) Look(node);
    }

    public override void AtRest()
    {
        foreach (var node in World.Nodes)
            if (node.IsUp) Look(node);
    }

    void Look(SimNode node)
    {
        var tables = node.Machine!.Tables;
        foreach (var (uid, kind) in born)
            if (!removed.Contains(uid) && tables.Find(uid) is null && tables.Covers(uid))
            {
                Violated(node, $"covers {kind} {uid.Birth}, which nobody removed, and does not hold it");
                return;
            }
    }
}
