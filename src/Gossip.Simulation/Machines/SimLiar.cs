using Gossip.Core.Primitives;
using Gossip.Core.Scheduling;
using Gossip.Core.Wire;

namespace Gossip.Simulation.Machines;

/// <summary>
/// A malicious member: it bids the most for everything, moves the version of its capacity all the time, and admits nothing. It takes the
/// auctions' messages away from its node's machine, which is an honest member otherwise.
/// </summary>
internal sealed class SimLiar(SimNode node)
{
    /// <summary>Its own machine asks a host app that never answers, so that it does not bid either.</summary>
    public static SchedulingRules Rules { get; } = SchedulingRules.Default.WithHostFilter("never answers");

    readonly WireBuffer answer = new(), others = new();

    /// <summary>What of a payload its machine is to see.</summary>
    public ReadOnlyMemory<byte> Take(NodeAddress from, ReadOnlyMemory<byte> payload)
    {
        others.Clear();
        others.Write(payload.Span[..Limits.EnvelopeHeader]);
        var rest = payload[Limits.EnvelopeHeader..];
        for (var before = rest; Envelope.TryNext(ref rest, out var kind, out var body, out _); before = rest)
        {
            if (kind == MessageKind.Ask) Bid(Codec.Read<Ask>(body), from);
            else if (kind == MessageKind.Award) Deny(Codec.Read<Award>(body), from);
            else others.Write(before.Span[..^rest.Length]);
        }
        return others.WrittenMemory;
    }

    void Bid(in Ask ask, NodeAddress auctioneer)
    {
        Say(auctioneer, new Bid(ask.Auction, ask.Run, Scoring.Greatest, ""));
        node.Machine!.Members.Announce(node.Machine.Members.OwnCapacity);
    }

    void Deny(in Award award, NodeAddress auctioneer)
    {
        var says = award.Run.Pod.Ordinal % 3; // 0: nothing
        if (says > 0) Say(auctioneer, new Verdict(award.Auction, award.Run, says == 1, "changed its mind"));
    }

    void Say<TMessage>(NodeAddress to, in TMessage message) where TMessage : IWireMessage<TMessage>
    {
        answer.Clear();
        Envelope.WriteHeader(answer, node.Id, node.Machine!.Boot);
        Envelope.Append(answer, message);
        node.Send(to, answer.Written);
    }
}
