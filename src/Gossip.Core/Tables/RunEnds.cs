using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Turns;

namespace Gossip.Core.Tables;

/// <summary>Why somebody other than its own node ended a run. Numbers are in the tables.</summary>
enum RunEnd : byte
{
    /// <summary>Deleted by name: any node may have the next run, the same one too.</summary>
    Deleted = 1,
    /// <summary>Evicted: the node that had it holds back, for somebody wants it elsewhere.</summary>
    Evicted = 2,
}

/// <summary>Ends the runs of a pod before an epoch: a fact in the tables, which the node that has it obeys.</summary>
static class RunEnds
{
    public static void Raise(Slot slot, Epoch least, RunEnd why, ITables tables, IRowWriter writer, Turn turn, WriteDone then)
    {
        var row = slot.FactsRow is { } facts && tables.Find(facts) is not null
            ? facts
            : writer.Create(RowKind.Slot, [(Fields.Birth, PodCodec.SlotBirth(slot.Id))], turn);
        writer.Raise(row, Fields.LeastEpoch, least.Value, new byte[] { (byte)why }, turn, then);
    }
}
