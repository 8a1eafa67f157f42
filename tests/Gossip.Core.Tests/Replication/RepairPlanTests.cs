using System.Runtime.InteropServices;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;

namespace Gossip.Core.Tests.Replication;

public sealed class RepairPlanTests
{
    static Row Row(ulong seq)
    {
        var dot = new Dot(new WriterId(1), seq);
        return new Row(new Uid(dot), RowKind.Object, [new Cell("", dot, 1, Stamp.Zero, new byte[] { 1 })]);
    }

    static ShardList List(RowTable table, Func<int, bool> lists)
    {
        var listed = new byte[ShardList.ListedBytes];
        var rows = new List<byte>();
        var entry = new byte[ShardList.EntryBytes];
        for (var shard = 0; shard < RowTable.Shards; shard++)
        {
            if (!lists(shard)) continue;
            listed[shard / 8] |= (byte)(1 << shard % 8);
            foreach (var (uid, mark) in table.Shard(shard))
            {
                WireBytes.WriteUid(entry, uid);
                BitConverter.TryWriteBytes(entry.AsSpan(WireBytes.UidBytes), mark);
                rows.AddRange(entry);
            }
        }
        return new ShardList(1, MemoryMarshal.AsBytes(table.Hashes).ToArray(), listed, rows.ToArray(), WireContext.Of(table.Context));
    }

    static (RowTable Mine, RowTable Theirs) Tables()
    {
        RowTable mine = new(), theirs = new();
        for (ulong seq = 1; seq <= 50; seq++)
        {
            mine.Merge(Row(seq), out _);
            theirs.Merge(Row(seq), out _);
        }
        return (mine, theirs);
    }

    [Fact]
    public void A_row_that_came_between_digest_and_list_makes_the_session_partial()
    {
        // Else the peer would join a context that covers the new row, hold no row, and call it dead.
        var (mine, theirs) = Tables();
        var list = List(theirs, _ => false);
        Assert.False(RepairPlan.Of(mine, list).IsPartial);
        mine.Merge(Row(51), out _);
        var plan = RepairPlan.Of(mine, list);
        Assert.True(plan.IsPartial);
        Assert.Empty(plan.Send);
    }

    [Fact]
    public void It_sends_what_the_peer_never_saw_asks_for_what_is_unknown_and_names_what_is_gone()
    {
        var (mine, theirs) = Tables();
        mine.Merge(Row(60), out _);
        theirs.Merge(Row(61), out _);
        mine.Remove(Row(7).Uid, [], out _);
        theirs.Remove(Row(8).Uid, [], out _);
        var plan = RepairPlan.Of(mine, List(theirs, _ => true));
        Assert.Equal([Row(60).Uid], plan.Send);
        Assert.Equal([Row(8).Uid, Row(61).Uid], plan.Wants.Order(Comparer<Uid>.Default)); // the peer covers 8: it is asked, and will say that it is gone
        Assert.Equal([Row(7).Uid], plan.Removed);
    }
}
