using Gossip.Core.Primitives;
using Gossip.Core.Turns;

namespace Gossip.Core.Replication;

/// <summary>
/// Cuts a repair into frames: a first with context, wants and removals, then rows. Bounded in bytes, so that a node
/// with everything to tell neither blocks its turn nor floods a stream; the next session goes on where this one ended.
/// </summary>
static class RepairSender
{
    /// <summary>Rows of one session and direction: what loopback carries in under 50 ms, and 1 Gbit/s in 35 ms.</summary>
    public const int SessionBytes = 4 << 20;

    /// <summary>Wants, and removals, of one session: 16 B each, together under half a frame.</summary>
    const int UidsMost = 16 * 1024;

    /// <summary>Sends it all; true when it was all.</summary>
    public static bool Send(
        NodeAddress to, ulong session, ReadOnlyMemory<byte> context, IReadOnlyList<Uid> rows, IReadOnlyList<Uid> wants,
        IReadOnlyList<Uid> removed, bool isPartial, RepairFlags direction, RowTable table, Outbox outbox, Turn turn)
    {
        var frames = Cut(rows, table, out var isAll);
        var flags = direction;
        var isComplete = isAll && !isPartial && removed.Count <= UidsMost;
        if (isComplete) flags |= RepairFlags.Complete;
        if (!isPartial && wants.Count <= UidsMost) flags |= RepairFlags.WantsAll;
        if (frames.Count == 0) flags |= RepairFlags.Last;
        outbox.SendFrame(to, new Repair(session, 0, flags, context, Pack(wants), Pack(removed), []), turn);
        for (var i = 0; i < frames.Count; i++)
        {
            var last = i == frames.Count - 1 ? flags | RepairFlags.Last : flags;
            outbox.SendFrame(to, new Repair(session, i + 1, last, default, default, default, frames[i]), turn);
        }
        return isComplete;
    }

    static List<List<Row>> Cut(IReadOnlyList<Uid> rows, RowTable table, out bool isAll)
    {
        var frames = new List<List<Row>>();
        isAll = true;
        int frameBytes = 0, bytes = 0;
        foreach (var uid in rows)
        {
            if (table.Find(uid) is not { } row) continue;
            if (bytes > SessionBytes)
            {
                isAll = false;
                break;
            }
            foreach (var part in RowCodec.Parts(row))
            {
                var size = RowCodec.Measure(part);
                if (frames.Count == 0 || frameBytes + size > RowCodec.PartMost)
                {
                    frames.Add([]);
                    frameBytes = 0;
                }
                frames[^1].Add(part);
                frameBytes += size;
                bytes += size;
            }
        }
        return frames;
    }

    static byte[] Pack(IReadOnlyList<Uid> uids)
    {
        var packed = new byte[Math.Min(uids.Count, UidsMost) * WireBytes.UidBytes];
        for (var i = 0; i * WireBytes.UidBytes < packed.Length; i++) WireBytes.WriteUid(packed.AsSpan(i * WireBytes.UidBytes), uids[i]);
        return packed;
    }
}
