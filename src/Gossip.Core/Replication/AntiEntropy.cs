using System.Buffers.Binary;
using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Turns;
using Gossip.Core.Wire;

namespace Gossip.Core.Replication;

/// <summary>
/// Finds and repairs any difference between two tables. Each period a node tells one peer, in one datagram, what its
/// shards hash to. A peer that differs opens a session: it lists what it holds in those shards, is sent what it lacks
/// and asked for what it has, and sends that. A side joins the other's context, as that was when the other said what
/// it holds, only when every frame arrived: so a context never covers a live row that its replica does not hold.
/// </summary>
/// <remarks>
/// Source: Gonçalves et al., "DottedDB", 2017, with shard hashes in place of its per-key clocks. Messages: Digest,
/// ShardList, Repair. Timers: DigestTick, SessionEnds.
/// </remarks>
sealed class AntiEntropy(NodeConfig config, Replica replica, Outbox outbox, IMemberList members, RandomStream random)
{
    /// <summary>A session that is silent for so many digest periods has lost a frame.</summary>
    const int SessionPeriods = 5;

    /// <summary>Bytes of uids and marks in a list: half a frame, 22,000 rows; the context has the other half.</summary>
    const int ListBytes = Limits.FramePayload / 2 / ShardList.EntryBytes * ShardList.EntryBytes;

    readonly SortedDictionary<NodeId, Session> opened = [];
    readonly SortedDictionary<NodeId, Session> answering = [];
    readonly byte[] hashes = new byte[Digest.HashesBytes];

    RowTable Table => replica.Table;

    /// <summary>True once the tables were found equal to a peer's, or made so.</summary>
    public bool HasSynced { get; private set; }

    public void Start(Turn turn) => WakeForDigest(turn);

    public void OnTick(Turn turn)
    {
        WakeForDigest(turn);
        var live = members.Live;
        if (live.Length < 2) return;
        var peer = live[random.Below(live.Length)];
        if (peer.Id == members.Self) peer = live[(live.IndexOf(peer) + 1) % live.Length];
        SendDigest(peer.Address, wantsAnswer: !HasSynced, turn);
    }

    public void OnSessionEnds(NodeTimer timer)
    {
        var peer = new NodeId(timer.Subject);
        if (opened.TryGetValue(peer, out var mine) && mine.Id == timer.Epoch) opened.Remove(peer);
        if (answering.TryGetValue(peer, out var theirs) && theirs.Id == timer.Epoch) answering.Remove(peer);
    }

    public void OnDigest(in Digest digest, NodeId sender, NodeAddress from, Turn turn)
    {
        var isEqual = digest.Hashes.Span.SequenceEqual(Hashes());
        HasSynced |= isEqual;
        if (isEqual && digest.Context == Table.Context.Hash())
        {
            if (digest.WantsAnswer) SendDigest(AddressOf(sender, from), wantsAnswer: false, turn);
            return;
        }
        if (opened.ContainsKey(sender)) return; // one at a time
        var session = new Session(sender, AddressOf(sender, from), random.Next(), WireContext.Of(Table.Context));
        opened[sender] = session;
        WakeForEnd(session, turn);
        outbox.SendFrame(session.To, ListShards(session, digest.Hashes.Span), turn);
    }

    public void OnShardList(in ShardList list, NodeId sender, NodeAddress from, Turn turn)
    {
        var plan = RepairPlan.Of(Table, list);
        var session = new Session(sender, AddressOf(sender, from), list.Session, WireContext.Of(Table.Context));
        RepairSender.Send(
            session.To, session.Id, session.OwnContext, plan.Send, plan.Wants, plan.Removed, plan.IsPartial,
            RepairFlags.None, Table, outbox, turn);
        if (plan.Wants.Count > 0)
        {
            answering[sender] = session; // in place of an older one, whose opener gave it up
            WakeForEnd(session, turn);
        }
        else if (!plan.IsPartial)
        {
            replica.Join(WireContext.Read(list.Context), turn);
            HasSynced = true;
        }
    }

    public void OnRepair(in Repair repair, NodeId sender, NodeAddress from, Turn turn)
    {
        var isAnswer = repair.Flags.HasFlag(RepairFlags.Answer);
        var sessions = isAnswer ? answering : opened;
        if (sessions.TryGetValue(sender, out var session) && session.Id != repair.Session) session = null;

        // Rows and removals hold whatever became of the session; only what it says of their completeness does not.
        var changed = replica.Take(repair.Rows, session?.Dead, turn);
        replica.Quarantine(repair.Poisoned);
        var isNews = repair.Removed.Length <= 32 * WireBytes.UidBytes;
        for (var rest = repair.Removed.Span; !rest.IsEmpty; rest = rest[WireBytes.UidBytes..])
            replica.Take(new RowRemoval(WireBytes.ReadUid(rest), []), isNews, turn);
        if (session is null) return;

        if (repair.Index != session.NextFrame)
        {
            sessions.Remove(sender); // a frame was lost: the next digest begins anew
            return;
        }
        session.NextFrame++;
        session.Changed += changed + repair.Removed.Length;
        session.IsDamaged |= repair.Poisoned > 0;
        if (repair.Index == 0)
        {
            session.Theirs = WireContext.Read(repair.Context);
            session.Flags = repair.Flags;
            for (var rest = repair.Wants.Span; !rest.IsEmpty; rest = rest[WireBytes.UidBytes..]) session.Wanted.Add(WireBytes.ReadUid(rest));
        }
        if (!repair.Flags.HasFlag(RepairFlags.Last)) return;
        sessions.Remove(sender);
        End(session, isAnswer, turn);
    }

    void End(Session session, bool isAnswer, Turn turn)
    {
        var isComplete = session.Flags.HasFlag(RepairFlags.Complete);
        if (isComplete)
        {
            if (!session.IsDamaged && session.Theirs is { } theirs) replica.Join(theirs, turn);
            HasSynced = true;
        }
        if (isAnswer) return;
        if (session.Wanted.Count > 0 || session.Dead.Count > 0) Answer(session, turn);
        if (!isComplete && session.Changed > 0) SendDigest(session.To, wantsAnswer: false, turn); // go on at once
    }

    /// <summary>Sends what the peer asked for, and says what of it, and of what it sent, is gone.</summary>
    void Answer(Session session, Turn turn)
    {
        var rows = new List<Uid>();
        var removed = session.Dead;
        foreach (var uid in session.Wanted)
        {
            if (Table.Find(uid) is not null) rows.Add(uid);
            else if (Table.Context.Covers(uid.Birth)) removed.Add(uid);
        }
        RepairSender.Send(
            session.To, session.Id, session.OwnContext, rows, [], removed,
            isPartial: !session.Flags.HasFlag(RepairFlags.WantsAll), RepairFlags.Answer, Table, outbox, turn);
    }

    /// <summary>Lists shards that differ, from a random one on, as many as fit: the others have their turn.</summary>
    ShardList ListShards(Session session, ReadOnlySpan<byte> theirs)
    {
        var listed = new byte[ShardList.ListedBytes];
        var rows = new WireBuffer();
        var start = random.Below(RowTable.Shards);
        for (var i = 0; i < RowTable.Shards; i++)
        {
            var shard = (start + i) % RowTable.Shards;
            if (BinaryPrimitives.ReadUInt64LittleEndian(theirs[(8 * shard)..]) == Table.Hashes[shard]) continue;
            if (rows.Length + (long)Table.CountOf(shard) * ShardList.EntryBytes > ListBytes) continue;
            listed[shard / 8] |= (byte)(1 << shard % 8);
            foreach (var (uid, mark) in Table.Shard(shard))
            {
                var entry = rows.GetSpan(ShardList.EntryBytes);
                WireBytes.WriteUid(entry, uid);
                BinaryPrimitives.WriteUInt64LittleEndian(entry[WireBytes.UidBytes..], mark);
                rows.Advance(ShardList.EntryBytes);
            }
        }
        return new ShardList(session.Id, Hashes(), listed, rows.WrittenMemory, session.OwnContext);
    }

    void SendDigest(NodeAddress to, bool wantsAnswer, Turn turn)
    {
        Hashes();
        outbox.Send(to, new Digest(hashes, Table.Context.Hash(), wantsAnswer), turn);
    }

    byte[] Hashes()
    {
        for (var shard = 0; shard < RowTable.Shards; shard++)
            BinaryPrimitives.WriteUInt64LittleEndian(hashes.AsSpan(8 * shard), Table.Hashes[shard]);
        return hashes;
    }

    /// <summary>Where the sender listens: a frame may have come from a port of the moment.</summary>
    NodeAddress AddressOf(NodeId sender, NodeAddress from) => members.Find(sender)?.Address ?? from;

    /// <summary>Until it has synced a node asks as often as it gossips: its pods wait for that.</summary>
    void WakeForDigest(Turn turn)
    {
        var period = config.Timings.DigestInterval;
        if (!HasSynced && config.Timings.GossipInterval < period) period = config.Timings.GossipInterval;
        turn.Wake(new NodeTimer(NodeTimerKind.DigestTick), random.Between(period * 0.9, period * 1.1));
    }

    void WakeForEnd(Session session, Turn turn) =>
        turn.Wake(new NodeTimer(NodeTimerKind.SessionEnds, session.Peer.Value, session.Id), config.Timings.DigestInterval * SessionPeriods);
}
