using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Core.Wire;
using MessagePack;

namespace Gossip.Core.Scheduling;

// What auctioneers and candidates say to each other, directly and by datagram. Each begins with the auction (a number
// that its auctioneer never uses twice, new with each round) and the run it is about.

/// <summary>Auctioneer to candidate: would you run it? The candidate reads the pod from its own tables.</summary>
/// <param name="MayEvict">It fits nowhere as things are: bid also if pods of lower priority would have to go.</param>
readonly record struct Ask(ulong Auction, PodRun Run, bool MayEvict = false) : IWireMessage<Ask>
{
    public static MessageKind Kind => MessageKind.Ask;

    public static void Write(ref MessagePackWriter writer, in Ask message)
    {
        PodCodec.WriteHead(ref writer, message.MayEvict ? 3 : 2, message.Auction, message.Run);
        if (message.MayEvict) writer.Write(true);
    }

    public static Ask Read(ref MessagePackReader reader)
    {
        var fields = PodCodec.ReadHead(ref reader, 2, "ask", out var auction, out var run);
        if (fields == 2) return new Ask(auction, run);
        var mayEvict = reader.ReadBoolean();
        Codec.SkipRest(ref reader, fields - 3);
        return new Ask(auction, run, mayEvict);
    }
}

/// <summary>
/// Candidate to auctioneer: yes, and the resources are held for you for the bid's validity from sending, for that pod or for one that is
/// like it.
/// </summary>
/// <param name="Score">0 to <see cref="Scoring.BidGreatest"/>; greater is better.</param>
/// <param name="HostSays">The scores of its host app by name, for people; mostly empty.</param>
/// <param name="Evicts">What it costs others; null when there is room.</param>
/// <param name="Parts">Its other scores.</param>
readonly record struct Bid(ulong Auction, PodRun Run, int Score, string HostSays, PreemptionCost? Evicts = null, ScoreParts Parts = default)
    : IWireMessage<Bid>
{
    const int Fields = 5, EvictingFields = Fields + 5;

    public static MessageKind Kind => MessageKind.Bid;

    public static void Write(ref MessagePackWriter writer, in Bid message)
    {
        PodCodec.WriteHead(ref writer, message.Evicts is null ? Fields : EvictingFields, message.Auction, message.Run);
        writer.Write(message.Score);
        message.Parts.Write(ref writer);
        Codec.WriteText(ref writer, message.HostSays, Limits.Why);
        if (message.Evicts is not { } cost) return;
        writer.Write(cost.Violations);
        writer.Write(cost.Greatest);
        writer.Write(cost.Sum);
        writer.Write(cost.Victims);
        writer.Write(cost.Since.Value);
    }

    public static Bid Read(ref MessagePackReader reader)
    {
        var fields = PodCodec.ReadHead(ref reader, Fields, "bid", out var auction, out var run);
        var score = reader.ReadInt32();
        if (score is < 0 or > Scoring.BidGreatest) throw Codec.Bad("bid.score", $"{score} is not 0 to {Scoring.BidGreatest}");
        var parts = ScoreParts.Read(ref reader, "bid.parts");
        var host = Codec.ReadText(ref reader, Limits.Why, "bid.host");
        if (fields < EvictingFields)
        {
            Codec.SkipRest(ref reader, fields - Fields);
            return new Bid(auction, run, score, host, null, parts);
        }
        var (violations, greatest, sum, victims) = (reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt64(), reader.ReadInt32());
        var cost = new PreemptionCost(violations, greatest, sum, victims, new Stamp(reader.ReadUInt64()));
        if (cost.Violations < 0 || cost.Victims < cost.Violations || cost.Sum < 0) throw Codec.Bad("bid.evicts", "counts less than none");
        Codec.SkipRest(ref reader, fields - EvictingFields);
        return new Bid(auction, run, score, host, cost, parts);
    }
}

/// <summary>Candidate to auctioneer: no, as of this version of my capacity.</summary>
/// <param name="AskAgainAfterMilliseconds">
/// When what causes it passes by itself (reservations, news on its way): when to ask again. Else 0.
/// </param>
/// <param name="Next">Where the ask was for an older epoch: the one that is next, by what this node has seen. Else none.</param>
readonly record struct Refusal(
    ulong Auction, PodRun Run, ulong Boot, ulong CapacityVersion, int AskAgainAfterMilliseconds, string Why, Epoch Next = default)
    : IWireMessage<Refusal>
{
    const int Fields = 6;

    public static MessageKind Kind => MessageKind.Refusal;

    public static void Write(ref MessagePackWriter writer, in Refusal message)
    {
        PodCodec.WriteHead(ref writer, message.Next == Epoch.None ? Fields : Fields + 1, message.Auction, message.Run);
        writer.Write(message.Boot);
        writer.Write(message.CapacityVersion);
        writer.Write(message.AskAgainAfterMilliseconds);
        Codec.WriteText(ref writer, message.Why, Limits.Why);
        if (message.Next != Epoch.None) writer.Write(message.Next.Value);
    }

    public static Refusal Read(ref MessagePackReader reader)
    {
        var fields = PodCodec.ReadHead(ref reader, Fields, "refusal", out var auction, out var run);
        var boot = reader.ReadUInt64();
        var version = reader.ReadUInt64();
        var again = reader.ReadInt32();
        if (again < 0) throw Codec.Bad("refusal.askAgain", "is in the past");
        var why = Codec.ReadText(ref reader, Limits.Why, "refusal.why");
        if (fields == Fields) return new Refusal(auction, run, boot, version, again, why);
        var next = new Epoch(reader.ReadUInt32());
        Codec.SkipRest(ref reader, fields - Fields - 1);
        return new Refusal(auction, run, boot, version, again, why, next);
    }
}

/// <summary>Candidate to auctioneer: news of that pod has not reached me. Tell me, and ask again.</summary>
readonly record struct Unheard(ulong Auction, PodRun Run) : IWireMessage<Unheard>
{
    public static MessageKind Kind => MessageKind.Unheard;

    public static void Write(ref MessagePackWriter writer, in Unheard message) =>
        PodCodec.WriteHead(ref writer, 2, message.Auction, message.Run);

    public static Unheard Read(ref MessagePackReader reader)
    {
        var fields = PodCodec.ReadHead(ref reader, 2, "unheard", out var auction, out var run);
        Codec.SkipRest(ref reader, fields - 2);
        return new Unheard(auction, run);
    }
}

/// <summary>Auctioneer to winner: it is yours, if you still hold it.</summary>
/// <param name="BidFor">Where one round served several alike pods, the run that was asked about; null when it is the one awarded.</param>
readonly record struct Award(ulong Auction, PodRun Run, Victory Won, PodRun? BidFor = null) : IWireMessage<Award>
{
    const int Fields = 2 + Victory.Fields;

    public static MessageKind Kind => MessageKind.Award;

    /// <summary>The run that the bid was made for.</summary>
    public PodRun Asked => BidFor ?? Run;

    public static void Write(ref MessagePackWriter writer, in Award message)
    {
        PodCodec.WriteHead(ref writer, message.BidFor is null ? Fields : Fields + 1, message.Auction, message.Run);
        message.Won.Write(ref writer);
        if (message.BidFor is { } asked) PodCodec.Write(ref writer, asked);
    }

    public static Award Read(ref MessagePackReader reader)
    {
        var fields = PodCodec.ReadHead(ref reader, Fields, "award", out var auction, out var run);
        var won = Victory.Read(ref reader);
        if (fields == Fields) return new Award(auction, run, won);
        var asked = PodCodec.ReadRun(ref reader);
        Codec.SkipRest(ref reader, fields - Fields - 1);
        return new Award(auction, run, won, asked);
    }
}

/// <summary>Winner to auctioneer: admitted and durable, or not any more.</summary>
readonly record struct Verdict(ulong Auction, PodRun Run, bool Admitted, string Why) : IWireMessage<Verdict>
{
    public static MessageKind Kind => MessageKind.Verdict;

    public static void Write(ref MessagePackWriter writer, in Verdict message)
    {
        PodCodec.WriteHead(ref writer, 4, message.Auction, message.Run);
        writer.Write(message.Admitted);
        Codec.WriteText(ref writer, message.Why, Limits.Why);
    }

    public static Verdict Read(ref MessagePackReader reader)
    {
        var fields = PodCodec.ReadHead(ref reader, 4, "verdict", out var auction, out var run);
        var admitted = reader.ReadBoolean();
        var why = Codec.ReadText(ref reader, Limits.Why, "verdict.why");
        Codec.SkipRest(ref reader, fields - 4);
        return new Verdict(auction, run, admitted, why);
    }
}

/// <summary>Auctioneer to loser: let the reservation go.</summary>
readonly record struct Release(ulong Auction, PodRun Run) : IWireMessage<Release>
{
    public static MessageKind Kind => MessageKind.Release;

    public static void Write(ref MessagePackWriter writer, in Release message) =>
        PodCodec.WriteHead(ref writer, 2, message.Auction, message.Run);

    public static Release Read(ref MessagePackReader reader)
    {
        var fields = PodCodec.ReadHead(ref reader, 2, "release", out var auction, out var run);
        Codec.SkipRest(ref reader, fields - 2);
        return new Release(auction, run);
    }
}
