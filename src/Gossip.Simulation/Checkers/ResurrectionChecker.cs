using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Simulation.Machines;

namespace Gossip.Simulation.Checkers;

/// <summary>R3: a row that a node saw removed never returns to it, in any life in which it still remembers.</summary>
internal sealed class ResurrectionChecker(World world) : Checker(world, "R3")
{
    readonly HashSet<Uid>[] removed = [.. world.Nodes.Select(_ => new HashSet<Uid>())];

    /// <summary>What a dead process had seen and not synced, its next life may see again: that is not a return.</summary>
    public override void Started(SimNode node) => removed[node.Index].Clear();

    public override void RowChanged(SimNode node, in RowChange change)
    {
        if (change.After is null)
        {
            World.Sometimes.Count("a row is removed");
            removed[node.Index].Add(change.Uid);
        }
        else if (change.Before is null && removed[node.Index].Contains(change.Uid))
            Violated(node, $"{change.Kind} {change.Uid.Birth} was removed here and is back");
    }
}
