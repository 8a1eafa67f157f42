using System.Runtime.InteropServices;
using Gossip.Core.Primitives;
using Gossip.Core.Turns;

namespace Gossip.Core.Membership;

/// <summary>
/// Every period one member is asked whether it is there: everybody once a round, in a random order. When it misses
/// the timeout, some others are asked to ask it, and it is asked by stream, which tells a blocked datagram from a lost
/// process; who has not answered by the period's end is suspected.
/// Source: sections 3.1 and 4.3 of Das, Gupta, Motivala, "SWIM", 2002; the stream is memberlist's addition.
/// </summary>
/// <remarks>Messages: <see cref="Ping"/>, <see cref="Ack"/>, <see cref="PingRequest"/>. Timers: ProbeTimeout.</remarks>
sealed class ProbeCycle(NodeConfig config, MemberTable table, RandomPeers peers, RandomStream random, Outbox outbox)
{
    readonly NodeId self = config.Card.Id;
    readonly NodeAddress address = config.Card.Address;
    readonly List<NodeId> round = [];
    int next;
    ulong seq;
    NodeId target;

    public TimeSpan Interval => config.Timings.ProbeInterval;
    TimeSpan Timeout => config.Timings.ProbeTimeout;

    /// <summary>A newcomer gets its turn at a random place of what is left of this round.</summary>
    public void Include(NodeId node)
    {
        if (round.IndexOf(node, next) < 0) round.Insert(next + random.Below(round.Count - next + 1), node);
    }

    /// <summary>Ends the period: the member that was asked and never answered, or null.</summary>
    public Member? Conclude()
    {
        var silent = target == NodeId.None ? null : table.Find(target);
        target = NodeId.None;
        return silent is { IsLive: true } ? silent : null;
    }

    /// <summary>Asks the next in the round; null when there is nobody to ask.</summary>
    public Member? Begin(Turn turn)
    {
        var member = Next();
        if (member is null) return null;
        target = member.Id;
        outbox.Send(member.Address, new Ping(++seq, target, table.Digest, address, ByStream: false), turn);
        turn.Wake(new NodeTimer(NodeTimerKind.ProbeTimeout, target.Value, seq), Timeout);
        return member;
    }

    public void OnTimeout(NodeTimer due, Turn turn)
    {
        if (due.Epoch != seq || target == NodeId.None || table.Find(target) is not { IsLive: true } member) return;
        AskRelays(member, turn);
        AskByStream(member, turn);
    }

    /// <summary>Some others ask in this node's name.</summary>
    public void AskRelays(Member member, Turn turn)
    {
        foreach (var relay in peers.Draw(config.Timings.IndirectProbes, except: member.Id))
            outbox.Send(relay.Address, new PingRequest(seq, member.Id, member.Address, address), turn);
    }

    /// <summary>One ping by stream: the answer counts for the probe under way, a refusal as evidence.</summary>
    public void AskByStream(Member member, Turn turn) =>
        outbox.SendFrame(member.Address, new Ping(seq, member.Id, table.Digest, address, ByStream: true), turn);

    /// <summary>False when the ping was for somebody else.</summary>
    public bool OnPing(in Ping ping, NodeAddress from, Turn turn)
    {
        if (ping.Target != self) return false;
        var ack = new Ack(ping.Seq, self, table.Digest, ping.Origin);
        if (ping.ByStream) outbox.SendFrame(ping.Origin, ack, turn);
        else outbox.Send(from, ack, turn);
        return true;
    }

    public void OnPingRequest(in PingRequest request, Turn turn) =>
        outbox.Send(request.At, new Ping(request.Seq, request.Target, table.Digest, request.Origin, ByStream: false), turn);

    /// <summary>True when the answer is for this node; another's is passed on, once.</summary>
    public bool OnAck(in Ack ack, NodeId sender, Turn turn)
    {
        if (ack.Origin != address)
        {
            if (sender == ack.Node) outbox.Send(ack.Origin, ack, turn);
            return false;
        }
        if (ack.Seq == seq && ack.Node == target) target = NodeId.None;
        return true;
    }

    Member? Next()
    {
        for (var rounds = 0; rounds < 2; rounds++)
        {
            while (next < round.Count)
                if (table.Find(round[next++]) is { IsLive: true } member) return member;
            round.Clear();
            next = 0;
            foreach (var member in table.Live)
                if (member.Id != self) round.Add(member.Id);
            random.Shuffle(CollectionsMarshal.AsSpan(round));
        }
        return null;
    }
}
