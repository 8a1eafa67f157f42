using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Turns;
using Gossip.Core.Wire;
using MessagePack;

namespace Gossip.Core.Membership;

/// <summary>
/// Who is in the cluster, and who still answers. Each node probes one other a period and tells what it finds as
/// rumours on datagrams that travel anyway, so that the load of a node does not grow with the cluster; what rumours
/// lose, a digest on every probe finds, and an exchange of lists repairs.
/// Source: Das, Gupta, Motivala, "SWIM: scalable weakly-consistent infection-style process group membership", 2002.
/// </summary>
/// <remarks>
/// <see cref="Beliefs"/> is what it knows, <see cref="ProbeCycle"/> how it asks, <see cref="Refusals"/> how it sees a
/// process gone, <see cref="Reunion"/> how it finds others; here is what one has to do with the other.
/// </remarks>
sealed class Swim : INodePart, IMemberList, IPiggyback
{
    /// <summary>Digests that must differ in a row before lists are exchanged: rumours under way explain one or two.</summary>
    const int MismatchesMost = 3;

    /// <summary>
    /// Of rumours that go by datagram: four, some 30 members or 100 capacities, which at one a tick take seconds already. More go by
    /// stream.
    /// </summary>
    const int BytesByDatagram = 4 * Limits.DatagramPayload;

    readonly NodeConfig config;
    readonly Outbox outbox;
    readonly Beliefs beliefs;
    readonly ProbeCycle probe;
    readonly Reunion reunion;
    readonly Refusals refusals;
    readonly RandomPeers peers;
    readonly RandomStream random;


    /// <summary>When a sender was last told how it is spoken of.</summary>
    readonly Dictionary<NodeId, Instant> told = [];
    int mismatches;
    bool gossips;

    /// <exception cref="MessagePackSerializationException">Peers would refuse the card; the message names the field.</exception>
    public Swim(NodeConfig config, ulong boot, RandomStream random, Outbox outbox)
    {
        CardCodec.Validate(config.Card);
        this.config = config;
        this.random = random;
        this.outbox = outbox;
        beliefs = new Beliefs(config, boot, outbox, Changes);
        peers = new RandomPeers(beliefs.Table, Self, random.For("peers"));
        probe = new ProbeCycle(config, beliefs.Table, peers, random.For("probes"), outbox);
        refusals = new Refusals(config, beliefs, probe);
        reunion = new Reunion(config, beliefs, random.For("reunion"), outbox);
        beliefs.Begin();
    }

    /// <summary>What changed since the machine last looked; it clears the list.</summary>
    public List<MemberChange> Changes { get; } = [];

    public NodeId Self => config.Card.Id;
    public Member? Find(NodeId node) => beliefs.Table.Find(node);
    public ReadOnlySpan<Member> All => beliefs.Table.All;
    public ReadOnlySpan<Member> Live => beliefs.Table.Live;

    /// <summary>The capacity this node last announced; at first, all that its card allows.</summary>
    public Capacity OwnCapacity => beliefs.Own.Capacity;

    public ReadOnlySpan<MessageKind> Messages =>
    [
        MessageKind.Ping, MessageKind.Ack, MessageKind.PingRequest, MessageKind.Member, MessageKind.Capacity, MessageKind.MemberSync,
        MessageKind.Accusation, MessageKind.NameQuery,
    ];

    public ReadOnlySpan<NodeTimerKind> Timers =>
    [
        NodeTimerKind.ProbePeriod, NodeTimerKind.ProbeTimeout, NodeTimerKind.SuspicionEnds, NodeTimerKind.RefusalEnds,
        NodeTimerKind.GossipTick, NodeTimerKind.JoinRetry, NodeTimerKind.DeadRetry,
    ];

    /// <summary>Begins to probe, to gossip, and to join through the seeds.</summary>
    public void Start(Turn turn)
    {
        beliefs.Start(turn.Now);
        Changes.Add(new MemberChange(Self, null, beliefs.Own));
        if (config.Acquainted.IsEmpty) beliefs.SpreadOwn(turn.Now);
        reunion.Start(turn);
        // At a random moment, so that a cluster that started together does not probe in step.
        turn.Wake(new NodeTimer(NodeTimerKind.ProbePeriod), random.Between(TimeSpan.Zero, probe.Interval));
    }

    /// <summary>
    /// Whether an envelope of this boot may be read. One from an earlier life of a live member is stale: only
    /// membership may look into it. A sender that does not know how it is spoken of is told, so that a node
    /// that lost its disk and its clock, or was buried alive, steps past it.
    /// </summary>
    public Reject Admit(NodeId sender, ulong boot, NodeAddress from, Turn turn)
    {
        if (sender == Self)
        {
            // Else it is our own word: a seed was this node by another address.
            if (from != config.Card.Address && (boot != outbox.Boot || from.Port != config.Card.Address.Port))
                beliefs.NoteNamesake(from, turn);
            return Reject.Misdirected;
        }
        if (Find(sender) is not { } member) return Reject.None;
        var isEarlier = boot < member.Incarnation.Boot;
        if ((isEarlier || (!member.IsLive && boot == member.Incarnation.Boot)) && !IsTold(sender, turn.Now))
            outbox.Send(from, MemberRecord.Of(member, turn.Now), turn);
        return isEarlier && member.IsLive ? Reject.StaleBoot : Reject.None;
    }

    /// <summary>Once a gossip interval is enough: two that have both left, and answer each word of the other, would never end.</summary>
    bool IsTold(NodeId sender, Now now)
    {
        if (told.TryGetValue(sender, out var last) && now.Monotonic - last < config.Timings.GossipInterval) return true;
        told[sender] = now.Monotonic;
        return false;
    }

    public void OnMessage(in Message message, Turn turn)
    {
        var known = Changes.Count;
        var body = message.Body;
        var reader = new MessagePackReader(body);
        switch (message.Kind)
        {
            case MessageKind.Ping:
                OnPing(Ping.Read(ref reader), message.From, turn);
                break;
            case MessageKind.PingRequest:
                probe.OnPingRequest(PingRequest.Read(ref reader), turn);
                break;
            case MessageKind.Ack:
                OnAck(Ack.Read(ref reader), message.Sender, turn);
                break;
            case MessageKind.Member:
                var front = MemberRecord.ReadHead(ref reader);
                if (Find(front.Id) is { } held && front.Id != Self && !front.Overrides(held)) break;
                reader = new MessagePackReader(body);
                beliefs.Learn(MemberRecord.Read(ref reader), hearsay: false, turn);
                break;
            case MessageKind.NameQuery:
                OnNameQuery(NameQuery.Read(ref reader), message.From, turn);
                break;
            case MessageKind.Accusation:
                beliefs.Hear(Accusation.Read(ref reader), turn);
                break;
            case MessageKind.Capacity:
                var (node, boot, version) = CapacityNews.ReadHead(ref reader);
                if (Find(node) is not { } owner || !new Capacity(boot, version, default, "").IsNewerThan(owner.Capacity)) break;
                reader = new MessagePackReader(body);
                beliefs.Learn(node, CapacityNews.Read(ref reader).Capacity);
                break;
            case MessageKind.MemberSync:
                reunion.OnSync(MemberSync.Read(ref reader), turn);
                break;
        }
        Follow(known, turn);
    }

    public void OnTimer(NodeTimer timer, Turn turn)
    {
        if (beliefs.HasLeft) return;
        var known = Changes.Count;
        switch (timer.Kind)
        {
            case NodeTimerKind.ProbePeriod:
                OnProbePeriod(turn);
                break;
            case NodeTimerKind.ProbeTimeout:
                probe.OnTimeout(timer, turn);
                break;
            case NodeTimerKind.SuspicionEnds:
                beliefs.OnSuspicionEnds(timer, turn);
                break;
            case NodeTimerKind.RefusalEnds:
                refusals.OnEnds(timer, turn);
                break;
            case NodeTimerKind.GossipTick:
                gossips = false;
                OnGossipTick(turn);
                break;
            case NodeTimerKind.JoinRetry:
                reunion.OnJoinRetry(timer, turn);
                break;
            case NodeTimerKind.DeadRetry:
                beliefs.Reap(turn.Now);
                reunion.OnDeadRetry(turn);
                break;
        }
        Follow(known, turn);
    }

    /// <summary>Takes a refusal of a member's port as evidence; that somebody cannot be reached says nothing.</summary>
    public void OnStreamFailed(NodeAddress to, StreamFailure why, Turn turn)
    {
        if (why != StreamFailure.Refused || beliefs.HasLeft) return;
        if (beliefs.Table.LiveAt(to) is { } member && member.Id != Self) refusals.OnRefused(member, turn);
    }

    /// <summary>Tells what this node has left; the version moves, and the news spreads.</summary>
    /// <param name="capacity">Without boot and version, which are kept here. Texts that are too long are cut.</param>
    public void Announce(in Capacity capacity) => beliefs.Announce(capacity with
    {
        Unready = Codec.Cut(capacity.Unready, CapacityNews.UnreadyMost),
        LostRuntimes = Codec.Cut(capacity.LostRuntimes, CapacityNews.LostMost),
        HostFault = Codec.Cut(capacity.HostFault, CapacityNews.FaultMost),
        StoreDamage = Codec.Cut(capacity.StoreDamage, CapacityNews.DamageMost),
    });

    /// <summary>Says goodbye: peers mark this node Left at once.</summary>
    public void OnLeave(Turn turn)
    {
        beliefs.Leave(turn.Now);
        var goodbye = MemberRecord.Of(beliefs.Own, turn.Now);
        foreach (var member in Live) outbox.Send(member.Address, goodbye, turn);
    }

    /// <summary>A tick is set only while there are rumours, so that a quiet node sleeps.</summary>
    public void OnSent(Turn turn)
    {
        if (gossips || beliefs.Rumours.IsEmpty) return;
        gossips = true;
        turn.Wake(new NodeTimer(NodeTimerKind.GossipTick), config.Timings.GossipInterval);
    }

    public int Fill(Span<byte> room) => beliefs.Rumours.Fill(room);

    void OnProbePeriod(Turn turn)
    {
        if (probe.Conclude() is { } silent) beliefs.Hear(new Accusation(silent.Id, silent.Incarnation, Self), turn);
        if (probe.Begin(turn) is { } asked)
        {
            TellCapacity(asked.Address, turn);
            if (asked.State == MemberState.Suspect) outbox.Send(asked.Address, MemberRecord.Of(asked, turn.Now), turn);
        }
        turn.Wake(new NodeTimer(NodeTimerKind.ProbePeriod), probe.Interval);
    }

    /// <summary>A few rumours ride in datagrams. When half a cluster comes back at once there are thousands, which go by stream.</summary>
    void OnGossipTick(Turn turn)
    {
        if (beliefs.Rumours.IsEmpty) return;
        foreach (var peer in peers.Draw(config.Timings.GossipFanout))
        {
            if (beliefs.Rumours.Bytes > BytesByDatagram) outbox.SendRumours(peer.Address, turn);
            else outbox.Touch(peer.Address);
        }
    }

    /// <summary>Somebody is about to start under a name. It also asks whoever is named here, so that the holder itself answers.</summary>
    void OnNameQuery(in NameQuery query, NodeAddress from, Turn turn)
    {
        if (beliefs.HasLeft) return;
        var holder = Find(query.Node) is { IsLive: true } member ? member.Address : NodeAddress.None;
        outbox.Send(from, new NameAnswer(query.Node, holder, query.Node == Self, query.Nonce), turn);
    }

    void OnPing(in Ping ping, NodeAddress from, Turn turn)
    {
        if (!probe.OnPing(ping, from, turn)) turn.Rejected(from, Reject.Misdirected);
        else if (!ping.ByStream) TellCapacity(from, turn);
    }

    void OnAck(in Ack ack, NodeId sender, Turn turn)
    {
        if (!probe.OnAck(ack, sender, turn)) return;
        refusals.OnAnswer(ack.Node);
        mismatches = ack.Digest == beliefs.Table.Digest ? 0 : mismatches + 1;
        if (mismatches < MismatchesMost || Find(ack.Node) is not { } member) return;
        mismatches = 0;
        reunion.Exchange(member.Address, asks: true, turn);
    }

    /// <summary>Rides along with every probe and its answer: what a lost rumour of capacity left wrong is set right.</summary>
    void TellCapacity(NodeAddress to, Turn turn) => outbox.Send(to, new CapacityNews(Self, OwnCapacity), turn);

    /// <summary>Draws the consequences of the changes from an index on.</summary>
    void Follow(int first, Turn turn)
    {
        var isLost = false;
        for (var i = first; i < Changes.Count; i++)
        {
            var change = Changes[i];
            if (!change.ChangesLiveness || change.Node == Self) continue;
            if (change.After is { IsLive: true }) probe.Include(change.Node);
            else isLost = true;
        }
        if (isLost && beliefs.IsAlone) reunion.Join(turn);
    }
}
