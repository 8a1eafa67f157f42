using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Turns;
using Gossip.Core.Wire;

namespace Gossip.Core.Replication;

/// <summary>
/// Rumours of rows: whoever learns something tells a few at random, so that news is everywhere after log n steps.
/// What a rumour misses, anti-entropy finds. Rows that fit a datagram also ride in the room that other messages
/// leave; larger ones go as frames, to few, once or twice.
/// </summary>
/// <remarks>Source: Demers et al., "Epidemic algorithms for replicated database maintenance", 1987. Timer: RowGossipTick.</remarks>
sealed class RowGossip(NodeTimings timings, Outbox outbox, IMemberList members, RandomStream random) : IPiggyback
{
    /// <summary>Datagrams to one peer and tick: at 100 ms and three peers, under 300 kB/s while a backlog lasts.</summary>
    const int BurstMost = 8;

    /// <summary>Bytes of large rows a tick, after the first.</summary>
    const int LargeBytes = 256 * 1024;

    /// <summary>How many ticks a large row is sent in. Who learns it sends it on.</summary>
    const int LargeRounds = 2;

    /// <summary>Bytes of a message, with its header, that a datagram takes.</summary>
    const int DatagramMost = Limits.DatagramMessage + Limits.MessageHeader;

    readonly RumourQueue queue = new();
    readonly SortedDictionary<Uid, (Row Row, int Rounds)> large = [];
    readonly WireBuffer message = new();
    readonly byte[] room = new byte[Limits.DatagramPayload - Limits.EnvelopeHeader];
    readonly List<NodeAddress> peers = [];
    readonly List<Uid> spoken = [];
    bool ticks;

    public void Offer(Row row)
    {
        large.Remove(row.Uid);
        if (IsLarge(row))
        {
            OfferLarge(row);
            return;
        }
        message.Clear();
        Envelope.Append(message, new RowDelta(row));
        if (message.Length > DatagramMost) OfferLarge(row);
        else queue.Offer(Subject(row.Uid), message.Written, Transmits());
    }

    /// <summary>
    /// A removal replaces the news of its row. A removal of an admission therefore takes the row's last state along, in one datagram and
    /// in front of it: how the pod ended is in its last status, which is often written a moment before. A node that heard only of the
    /// removal could never say why the pod ended. Rows that do not fit are told by the removal alone.
    /// </summary>
    /// <param name="last">The row as it was before; null where it was not held.</param>
    public void Offer(in RowRemoval removal, Row? last)
    {
        large.Remove(removal.Uid);
        message.Clear();
        if (last is { Kind: RowKind.Admission } && !IsLarge(last)) Envelope.Append(message, new RowDelta(last));
        var length = message.Length;
        Envelope.Append(message, removal);
        var fits = message.Length <= DatagramMost;
        queue.Offer(Subject(removal.Uid), fits ? message.Written : message.Written[length..], Transmits());
    }

    public int Fill(Span<byte> into) => queue.Fill(into);

    /// <summary>At the end of every turn: a tick is set only while there is news, so that a quiet node sleeps.</summary>
    public void Keep(Turn turn)
    {
        if (ticks || (queue.IsEmpty && large.Count == 0)) return;
        ticks = true;
        turn.Wake(new NodeTimer(NodeTimerKind.RowGossipTick), timings.GossipInterval);
    }

    public void OnTick(Turn turn)
    {
        ticks = false;
        if (queue.IsEmpty && large.Count == 0) return;
        PickPeers();
        if (peers.Count == 0) return;
        SendLarge(turn);
        for (var burst = 0; burst < BurstMost && !queue.IsEmpty; burst++)
        {
            foreach (var peer in peers)
            {
                // The first of a burst is left to piggybacking, which shares the datagram with membership's rumours.
                if (burst == 0) outbox.Touch(peer);
                else if (queue.Fill(room) is var filled and > 0) outbox.Relay(peer, room.AsSpan(0, filled));
            }
        }
    }

    /// <summary>It does not fit a datagram, and need not be written to know that: the measure is an upper bound.</summary>
    static bool IsLarge(Row row) => RowCodec.Measure(row) > 4 * Limits.DatagramMessage;

    void OfferLarge(Row row)
    {
        queue.Drop(Subject(row.Uid)); // it was small before
        large[row.Uid] = (row, LargeRounds);
    }

    void SendLarge(Turn turn)
    {
        if (large.Count == 0) return;
        var bytes = 0;
        foreach (var (uid, (row, _)) in large)
        {
            if (bytes > LargeBytes) break;
            foreach (var part in RowCodec.Parts(row))
                foreach (var peer in peers) outbox.SendFrame(peer, new RowDelta(part), turn);
            bytes += RowCodec.Measure(row);
            spoken.Add(uid);
        }
        foreach (var uid in spoken)
        {
            var (row, rounds) = large[uid];
            if (rounds == 1) large.Remove(uid);
            else large[uid] = (row, rounds - 1);
        }
        spoken.Clear();
    }

    void PickPeers()
    {
        peers.Clear();
        var live = members.Live;
        if (live.Length == 0) return;
        var start = random.Below(live.Length);
        var others = Math.Min(timings.GossipFanout, live.Length - 1);
        if (live.Length <= timings.GossipFanout + 1)
        {
            foreach (var member in live)
                if (member.Id != members.Self) peers.Add(member.Address);
            return;
        }
        for (var draws = 0; peers.Count < others && draws < 8 * others; draws++)
        {
            var member = live[(start + random.Below(live.Length)) % live.Length];
            if (member.Id != members.Self && !peers.Contains(member.Address)) peers.Add(member.Address);
        }
    }

    /// <summary>SWIM's bound: a small multiple of log n sends reach everybody with high probability.</summary>
    int Transmits() => Math.Max(1, (int)Math.Ceiling(timings.TransmitFactor * Math.Log10(members.Live.Length + 1)));

    static ulong Subject(Uid uid) => StableHash.Mix(uid.Birth.Writer.Value, uid.Birth.Seq);
}
