using System.Buffers.Binary;
using Gossip.Core.Primitives;

namespace Gossip.Core.Replication;

/// <summary>
/// The difference between this table and what a peer listed of its own: what to send it, what to ask for, and what
/// to say is gone. A pure function of both.
/// </summary>
sealed class RepairPlan
{
    public List<Uid> Send { get; } = [];
    public List<Uid> Wants { get; } = [];
    public List<Uid> Removed { get; } = [];

    /// <summary>A shard differs that the peer did not list: the session cannot end in equal tables.</summary>
    public bool IsPartial { get; private set; }

    public static RepairPlan Of(RowTable table, in ShardList list)
    {
        var plan = new RepairPlan();
        var theirs = WireContext.Read(list.Context);
        var differs = new bool[RowTable.Shards];
        for (var shard = 0; shard < RowTable.Shards; shard++)
        {
            if (BinaryPrimitives.ReadUInt64LittleEndian(list.Hashes.Span[(8 * shard)..]) == table.Hashes[shard]) continue;
            if ((list.Listed.Span[shard / 8] >> shard % 8 & 1) != 0) differs[shard] = true;
            else plan.IsPartial = true;
        }
        var listed = new Dictionary<Uid, ulong>();
        for (var rest = list.Rows.Span; !rest.IsEmpty; rest = rest[ShardList.EntryBytes..])
        {
            var uid = WireBytes.ReadUid(rest);
            var shard = RowTable.ShardOf(uid);
            if (!differs[shard] || !listed.TryAdd(uid, BinaryPrimitives.ReadUInt64LittleEndian(rest[WireBytes.UidBytes..]))) continue;
            if (table.Find(uid) is not null) continue;
            // Said explicitly, now that the peer has named it: it drops the row for that word, never for a silence.
            (table.Context.Covers(uid.Birth) ? plan.Removed : plan.Wants).Add(uid);
        }
        for (var shard = 0; shard < RowTable.Shards; shard++)
        {
            if (!differs[shard]) continue;
            foreach (var (uid, mark) in table.Shard(shard))
            {
                if (listed.TryGetValue(uid, out var their))
                {
                    if (their == mark) continue;
                    plan.Send.Add(uid);
                    plan.Wants.Add(uid);
                }
                // The peer has seen it and holds it no more: asking makes it say so, and costs less than the row.
                else (theirs.Covers(uid.Birth) ? plan.Wants : plan.Send).Add(uid);
            }
        }
        return plan;
    }
}
