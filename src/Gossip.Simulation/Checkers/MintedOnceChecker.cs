using System.Runtime.InteropServices;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Simulation.Machines;

namespace Gossip.Simulation.Checkers;

/// <summary>R10: no dot is minted twice with different content, through crash, restore and amnesia.</summary>
internal sealed class MintedOnceChecker(World world) : Checker(world, "R10")
{
    readonly Dictionary<Dot, ulong> contents = [];

    public override void RowChanged(SimNode node, in RowChange change)
    {
        if (change.After is not { } after) return;
        foreach (var cell in after.Cells)
        {
            if (change.Before?[cell.Field] is { } before && before.Dot == cell.Dot) continue;
            // One write may set several cells under one dot, so the field is part of what tells dots apart.
            var content = StableHash.Mix(StableHash.Of(cell.Value.Span), StableHash.Mix(cell.Stamp.Value, cell.Generation));
            var key = cell.Dot with { Seq = StableHash.Mix(cell.Dot.Seq, StableHash.Mix(StableHash.Of(cell.Field), Row(after.Uid))) };
            ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(contents, key, out var exists);
            if (!exists) known = content;
            else if (known != content) Violated(node, $"dot {cell.Dot} of {after.Kind} {cell.Field} stands for two contents");
        }
        if (change.Before is not null) return;
        ref var born = ref CollectionsMarshal.GetValueRefOrAddDefault(births, after.Uid.Birth, out var seen);
        var birth = StableHash.Mix((ulong)after.Kind, StableHash.Of(after[Fields.Birth]!.Value.Value.Span));
        if (!seen) born = birth;
        else if (born != birth) Violated(node, $"dot {after.Uid.Birth} gave birth to two rows");
    }

    readonly Dictionary<Dot, ulong> births = [];

    static ulong Row(Uid uid) => StableHash.Mix(uid.Birth.Writer.Value, uid.Birth.Seq);
}
