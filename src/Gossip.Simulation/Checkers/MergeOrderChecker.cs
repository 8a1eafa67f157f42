using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Simulation.Machines;

namespace Gossip.Simulation.Checkers;

/// <summary>
/// R1: joins commute, associate and repeat without harm. States of rows and removals, as they really came, are merged
/// into fresh tables in other orders and partly twice; the tables and their contexts must be equal.
/// </summary>
internal sealed class MergeOrderChecker(World world) : Checker(world, "R1")
{
    /// <summary>Sampled evenly over the run; merging all of them some times takes about 20 ms.</summary>
    const int Samples = 2000;
    const int Orders = 3;

    readonly List<RowChange> samples = [];
    readonly RandomStream random = world.RandomStream.For("merge order");
    long seen;

    public override void RowChanged(SimNode node, in RowChange change)
    {
        // Reservoir sampling (Vitter, 1985): every change has the same chance, however many there will be.
        seen++;
        if (samples.Count < Samples) samples.Add(change);
        else if ((long)(random.Unit() * seen) is var place && place < Samples) samples[(int)place] = change;
    }

    public override void AtRest()
    {
        var order = samples.ToArray();
        RowTable? first = null;
        for (var i = 0; i < Orders; i++)
        {
            random.Shuffle<RowChange>(order);
            var table = new RowTable();
            foreach (var change in order)
            {
                Merge(table, change);
                if (random.Chance(0.2)) Merge(table, order[random.Below(order.Length)]);
            }
            first ??= table;
            if (!first.Hashes.SequenceEqual(table.Hashes)) Violated(null, "the same rows and removals in another order give another table");
            if (first.Context.Hash() != table.Context.Hash()) Violated(null, "the same rows and removals in another order give another context");
        }
    }

    static void Merge(RowTable table, in RowChange change)
    {
        if (change.After is { } row) table.Merge(row, out _);
        else table.Remove(change.Uid, RowRemoval.Of(change.Before!).Dots, out _);
    }
}
